import { useRef, useState } from 'preact/hooks';

import { act, Refusal } from '../api.js';
import type { ServiceName } from '../api.js';
import type { ReplayPreview } from '../bodies.js';
import { count } from '../format.js';
import { later } from '../parts/later.js';
import { Failed } from '../parts/notice.js';
import { propose } from '../parts/propose.js';
import { randomId } from '../random-id.js';
import { ask as askFor, query } from '../router.js';
import type { BulkPlan } from './bulk.js';
import { bodyOf } from './letter-filter.js';
import type { LetterFilter } from './letter-filter.js';
import { PreviewSaid } from './preview-said.js';
import { replay, replaying } from './replaying.js';

const RunPanel = later(async () => (await import('./run-panel.js')).RunPanel);

interface BulkPanelProps {
  readonly service: ServiceName;
  readonly filter: LetterFilter;
  readonly mayAct: boolean;
  readonly done: () => void;
}

const LOOKED_AT = 1_000;

/** All letters that fit at once: looked at first, tried with a few, then in bulk; or given up. The run is in the address, so it can be continued. */
export function BulkPanel({ service, filter, mayAct, done }: BulkPanelProps) {
  const [preview, setPreview] = useState<ReplayPreview>();
  const [refusal, setRefusal] = useState<Refusal>();
  const [plan, setPlan] = useState<BulkPlan>({ canary: 1, rate: 20, mostFailures: 0 });
  const run = query.value.get('run');
  const isRunning = run !== null && replaying.value.get(run)?.isRunning === true;

  const look = async (): Promise<void> => {
    setRefusal(undefined);
    try {
      const body = { filter: bodyOf(filter), limit: LOOKED_AT };
      setPreview(await act<ReplayPreview>(service, '/admin/dead-letters/preview', body));
    } catch (error) {
      setRefusal(error instanceof Refusal ? error : new Refusal(0, 'PAGE_FAULT', String(error)));
    }
  };
  const form = useRef<HTMLFormElement>(null);
  const begin = (title: string, id: string): void => {
    if (form.current?.reportValidity() === false) return;
    propose({
      title,
      explain: `${plan.canary > 0 ? `First ${plan.canary} alone; if one of them fails again, the rest stays as it is. ` : ''}Then at most ${plan.rate} a second, until ${plan.mostFailures === 0 ? 'one fails' : `more than ${plan.mostFailures} have failed`}. A letter's handler takes effect once, however often it is replayed.`,
      verb: 'Replay',
      asks: 'who and why',
      run: async (operator) => {
        askFor({ run: id, tried: '', outcome: '' }, 'replace');
        void replay({ service, filter, plan, operator, run: id }).finally(done);
      },
    });
  };
  const discard = async (operator: { who: string; why: string }, key: string): Promise<void> => {
    const body = { ...operator, filter: bodyOf(filter), limit: LOOKED_AT };
    await act(service, '/admin/dead-letters/discard', body, key);
    done();
  };
  return (
    <div class="bulk">
      <form ref={form} class="buttons" onSubmit={(event) => event.preventDefault()}>
        <button type="button" onClick={() => void look()}>
          Dry run
        </button>
        {mayAct && (
          <>
            <NumberField name="Canary" value={plan.canary} max={100} set={(canary) => setPlan({ ...plan, canary })} />
            <NumberField name="A second" value={plan.rate} max={1_000} set={(rate) => setPlan({ ...plan, rate })} />
            <NumberField
              name="Failures at most"
              value={plan.mostFailures}
              max={10_000}
              set={(mostFailures) => setPlan({ ...plan, mostFailures })}
            />
            <button type="button" disabled={isRunning} onClick={() => begin('Replay these letters', randomId())}>
              Replay…
            </button>
            <button
              type="button"
              disabled={isRunning}
              onClick={() =>
                propose({
                  title: 'Discard these letters',
                  explain: `They are given up, up to ${count(LOOKED_AT)} of them, the oldest first, and can't be replayed any more. What is parked behind them runs.`,
                  verb: 'Discard',
                  asks: 'who and why',
                  isDangerous: true,
                  run: discard,
                })
              }
            >
              Discard…
            </button>
          </>
        )}
      </form>
      {refusal && <Failed what="Not done." refusal={refusal} />}
      {preview && <PreviewSaid preview={preview} />}
      {run !== null && (
        <RunPanel
          key={run}
          service={service}
          run={run}
          resume={mayAct ? () => begin('Continue this replay', run) : undefined}
        />
      )}
    </div>
  );
}

interface NumberFieldProps {
  readonly name: string;
  readonly value: number;
  readonly max: number;
  readonly set: (value: number) => void;
}

function NumberField({ name, value, max, set }: NumberFieldProps) {
  return (
    <label class="inline">
      {name}
      <input
        type="number"
        required
        min="0"
        max={max}
        value={value}
        onInput={({ currentTarget }) => set(currentTarget.valueAsNumber)}
      />
    </label>
  );
}
