import { useState } from 'preact/hooks';

import { act } from '../api.js';
import type { ServiceName } from '../api.js';
import type { Letter } from '../bodies.js';
import { propose } from '../parts/dialog.js';

interface EditProps {
  readonly service: ServiceName;
  readonly letter: Letter;
  readonly done: () => void;
  /** Told of each change, as a replay would run what is stored. */
  readonly changed: (isChanged: boolean) => void;
}

/** The true payload, to be changed and run; what the contract has against it, the service says. */
export function Edit({ service, letter, done, changed }: EditProps) {
  const [text, setText] = useState(() => pretty(letter.payload));
  const fault = faultOf(text);
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
      <button
        type="button"
        disabled={fault !== undefined}
        onClick={() =>
          propose({
            title: `Edit and run letter ${letter.id}`,
            explain:
              'A new message with this payload takes its place and runs, as of the newest version of its contract. The old payload is kept in the audit.',
            verb: 'Edit and run',
            asks: 'who and why',
            run: async (operator, key) => {
              await act(
                service,
                `/admin/dead-letters/${letter.id}/edit`,
                { ...operator, payload: JSON.parse(text) as unknown },
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
