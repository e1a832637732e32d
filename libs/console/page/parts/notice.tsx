import type { ComponentChildren } from 'preact';

import { Refusal } from '../api.js';

/** Something couldn't be learnt or done: never to be taken for nothing being there. */
export function Failed({
  what,
  refusal,
  again,
}: {
  readonly what: string;
  readonly refusal: Refusal;
  readonly again?: (() => void) | undefined;
}) {
  return (
    <div class="notice bad" role="alert">
      <p>
        <strong>{what}</strong> {refusal.message} <code>{refusal.code}</code>
      </p>
      {refusal.faults.length > 0 && (
        <ul>
          {refusal.faults.map(({ pointer, message }) => (
            <li>
              <code>{pointer}</code> {message}
            </li>
          ))}
        </ul>
      )}
      {again !== undefined && (
        <button type="button" onClick={again}>
          Try again
        </button>
      )}
    </div>
  );
}

/** An address that names a service which isn't one: the lists of all would pass for its own. */
export function NoSuchService({ name }: { readonly name: string }) {
  return <Failed what="There is no such service." refusal={new Refusal(404, 'NOT_FOUND', name)} />;
}

/** Nothing is there, and what to do about it. */
export function Empty({ title, children }: { readonly title: string; readonly children?: ComponentChildren }) {
  return (
    <div class="empty">
      <p>{title}</p>
      {children}
    </div>
  );
}
