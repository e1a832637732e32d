import { useState } from 'preact/hooks';

import { act } from '../api.js';
import type { ServiceName } from '../api.js';
import type { Letter } from '../bodies.js';
import { propose } from '../parts/propose.js';

interface EditProps {
  readonly service: ServiceName;
  readonly letter: Letter;
  /** Today's version of its type, which the new payload has to be one of; `undefined` where nobody has said. */
  readonly becomes: string | undefined;
  readonly done: () => void;
  /** Told of each change, as a replay would run what is stored. */
  readonly changed: (isChanged: boolean) => void;
}

/** The true payload, to be changed and run; what the contract has against it, the service says. */
export function Edit({ service, letter, becomes, done, changed }: EditProps) {
  const [text, setText] = useState(() => pretty(letter.payload));
  const [isSaid, setSaid] = useState(false);
  const fault = faultOf(text);
  const isOlder = becomes !== undefined && becomes !== letter.type;
  return (
    <div class="edit">
      <label>
        <span class="unseen">Payload</span>
        <textarea
          rows={18}
          spellcheck={false}
          value={text}
          onInput={({ currentTarget }) => {
            setText(currentTarget.value);
            changed(currentTarget.value !== pretty(letter.payload));
          }}
        />
      </label>
      <p class={fault === undefined ? 'hint' : 'fault'} role="status">
        {fault ?? 'JSON. Whether it fits its contract is checked before anything is kept.'}
      </p>
      {isOlder && (
        <label class="version">
          <input type="checkbox" checked={isSaid} onChange={() => setSaid(!isSaid)} />
          <span>
            The letter is <code>{letter.type}</code>, which is written as <code>{becomes}</code> by now: the payload
            above is one of that.
          </span>
        </label>
      )}
      <button
        type="button"
        disabled={fault !== undefined || (isOlder && !isSaid)}
        onClick={() =>
          propose({
            title: `Edit and run letter ${letter.id}`,
            explain: 'A new message with this payload takes its place and runs. The old payload is kept in the audit.',
            verb: 'Edit and run',
            asks: 'who and why',
            run: async (operator, key) => {
              await act(
                service,
                `/admin/dead-letters/${letter.id}/edit`,
                { ...operator, payload: JSON.parse(text) as unknown, as: isSaid ? becomes : undefined },
                key,
              );
              done();
            },
          })
        }
      >
        Edit and run…
      </button>
    </div>
  );
}

function pretty(payload: unknown): string {
  const text = typeof payload === 'string' ? payload : JSON.stringify(payload);
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

function faultOf(text: string): string | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
