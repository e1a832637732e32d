import { useEffect, useRef, useState } from 'preact/hooks';

import { Refusal } from '../api.js';
import { randomId } from '../random-id.js';
import { fieldOf } from './form.js';
import { Failed } from './notice.js';
import { proposed } from './propose.js';
import type { Action } from './propose.js';

const WHO = 'waybill operator';

/** Asks for who and why, and says what came of it. */
export function ActionDialog({ action }: { readonly action: Action }) {
  const { title, explain, verb, asks, isDangerous = false } = action;
  const dialog = useRef<HTMLDialogElement>(null);
  const key = useRef(randomId());
  const [refusal, setRefusal] = useState<Refusal>();
  const [busy, setBusy] = useState(false);
  useEffect(() => dialog.current?.showModal(), []);
  const close = (): void => dialog.current?.close();
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const operator = { who: fieldOf(event, 'who'), why: fieldOf(event, 'why') };
    if (operator.who !== '') localStorage.setItem(WHO, operator.who);
    setBusy(true);
    setRefusal(undefined);
    try {
      await action.run(operator, key.current);
      close();
    } catch (error) {
      setRefusal(error instanceof Refusal ? error : new Refusal(0, 'PAGE_FAULT', String(error)));
      setBusy(false);
    }
  };
  return (
    <dialog ref={dialog} aria-labelledby="dialog-title" onClose={() => (proposed.value = undefined)}>
      <form onSubmit={(event) => void submit(event)}>
        <h2 id="dialog-title">{title}</h2>
        <div class="explain">{explain}</div>
        {asks === 'who and why' && (
          <label>
            Your name
            <input
              name="who"
              required
              maxLength={200}
              autocomplete="username"
              value={localStorage.getItem(WHO) ?? ''}
            />
          </label>
        )}
        {asks === 'who and why' && (
          <label>
            Reason
            <input name="why" required maxLength={200} autocomplete="off" placeholder="kept in the audit" />
          </label>
        )}
        {refusal && <Failed what="Not done." refusal={refusal} />}
        <div class="buttons">
          <button type="button" class="quiet" onClick={close}>
            Leave it
          </button>
          <button type="submit" class={isDangerous ? 'danger' : ''} disabled={busy}>
            {busy ? 'Working…' : verb}
          </button>
        </div>
      </form>
    </dialog>
  );
}
