import { useRef, useState } from 'preact/hooks';

import { act, Refusal } from '../api.js';
import type { ServiceName } from '../api.js';
import { count, words } from '../format.js';
import { propose } from '../parts/dialog.js';
import { Failed } from '../parts/notice.js';
import { hrefOf } from '../router.js';
import { replayInBulk } from './bulk.js';
import type { BulkPlan, BulkProgress, ReplayReport } from './bulk.js';
import type { LetterFilter } from './letter-filter.js';

interface Preview {
  readonly count: number;
  readonly keys: number;
  readonly items: readonly {
    readonly runs: boolean;
    readonly reason?: string;
    readonly upcasters: readonly string[];
    readonly behind: number;
  }[];
}

interface BulkPanelProps {
  readonly service: ServiceName;
  readonly filter: LetterFilter;
  readonly mayAct: boolean;
  readonly done: () => void;
}

const LOOKED_AT = 1_000;
const WAIT_S = 20;

/** All letters of a group at once: looked at first, tried with a few, then in bulk; or given up. */
export function BulkPanel({ service, filter, mayAct, done }: BulkPanelProps) {
  const [preview, setPreview] = useState<Preview>();
  const [refusal, setRefusal] = useState<Refusal>();
  const [progress, setProgress] = useState<BulkProgress>();
  const [plan, setPlan] = useState<BulkPlan>({ canary: 1, rate: 20, mostFailures: 0 });
  const stop = useRef<AbortController | undefined>(undefined);
  const told = (error: unknown): void =>
    setRefusal(error instanceof Refusal ? error : new Refusal(0, 'PAGE_FAULT', String(error)));

  const look = async (): Promise<void> => {
    setRefusal(undefined);
    try {
      setPreview(await act<Preview>(service, '/admin/dead-letters/preview', { filter, limit: LOOKED_AT }));
    } catch (error) {
      told(error);
    }
  };
  const replay = async (operator: { who: string; why: string }): Promise<void> => {
    const run = crypto.randomUUID();
    stop.current = new AbortController();
    const take = (limit: number): Promise<ReplayReport> =>
      act(service, '/admin/dead-letters/replay', {
        ...operator,
        filter,
        run,
        limit: Math.min(limit, 1_000),
        wait: WAIT_S,
      });
    const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
    try {
      await replayInBulk(plan, { take, pause, nowMs: () => performance.now(), told: setProgress }, stop.current.signal);
    } catch (error) {
      told(error);
    }
    stop.current = undefined;
    done();
  };
  const discard = async (operator: { who: string; why: string }, key: string): Promise<void> => {
    await act(service, '/admin/dead-letters/discard', { ...operator, filter, limit: LOOKED_AT }, key);
    done();
  };
  const isRunning = progress?.state === 'canary' || progress?.state === 'running';
  return (
    <div class="bulk">
      <div class="buttons">
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
            <button
              type="button"
              disabled={isRunning}
              onClick={() =>
                propose({
                  title: 'Replay these letters',
                  explain: `${plan.canary > 0 ? `First ${plan.canary} alone; if one of them fails again, the rest stays as it is. ` : ''}Then at most ${plan.rate} a second, until more than ${plan.mostFailures} have failed. A letter's handler takes effect once, however often it is replayed.`,
                  verb: 'Replay',
                  asks: 'who and why',
                  run: async (operator) => void replay(operator),
                })
              }
            >
              Replay…
            </button>
            {isRunning && (
              <button type="button" onClick={() => stop.current?.abort()}>
                Stop
              </button>
            )}
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
      </div>
      {refusal && <Failed what="Not done." refusal={refusal} />}
      {preview && <PreviewSaid preview={preview} />}
      {progress && <Progress service={service} progress={progress} />}
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
        min="0"
        max={max}
        value={value}
        onInput={({ currentTarget }) => set(Math.max(0, Math.min(max, Number(currentTarget.value) || 0)))}
      />
    </label>
  );
}

function PreviewSaid({ preview: { count: all, keys, items } }: { readonly preview: Preview }) {
  const runs = items.filter((item) => item.runs).length;
  const behind = items.reduce((sum, item) => sum + item.behind, 0);
  const upcasters = [...new Set(items.flatMap((item) => item.upcasters))];
  const reasons = new Map<string, number>();
  for (const { reason } of items) if (reason !== undefined) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  return (
    <div class="notice good" role="status">
      <p>
        <strong>
          {count(all)} letters of {count(keys)} keys.
        </strong>{' '}
        {items.length < all && `Of the oldest ${count(items.length)}: `}
        {count(runs)} would run, {count(behind)} parked messages follow them.
      </p>
      {[...reasons].map(([reason, number]) => (
        <p>
          {count(number)} would not: {words(reason)}.
        </p>
      ))}
      {upcasters.length > 0 && (
        <p>
          Lifted on the way: <code>{upcasters.join(', ')}</code>
        </p>
      )}
    </div>
  );
}

const SAID: Readonly<Record<BulkProgress['state'], string>> = {
  canary: 'Trying the canary…',
  running: 'Replaying…',
  done: 'Done.',
  'canary failed': 'The canary failed; the rest stays as it was.',
  'too many failures': 'Ended: too many have failed again.',
  stopped: 'Stopped.',
};

function Progress({ service, progress }: { readonly service: ServiceName; readonly progress: BulkProgress }) {
  const { state, replayed, failed, skipped, pending, remaining = 0, failures } = progress;
  const all = Math.max(1, replayed + failed + skipped + pending + remaining);
  const isBad = state === 'canary failed' || state === 'too many failures';
  return (
    <div class={`notice ${isBad ? 'bad' : 'good'}`} role="status">
      <p>
        <strong>{SAID[state]}</strong> {count(replayed)} replayed, {count(failed)} failed again, {count(skipped)}{' '}
        skipped
        {pending > 0 && `, ${count(pending)} without an outcome yet`}, {count(remaining)} left.
      </p>
      <progress max={all} value={all - remaining} aria-label="Replayed" />
      {failures.map(({ id, error }) => (
        <p>
          <a href={hrefOf(`/dead-letters/${service}/${id}`)}>letter {id}</a> {error}
        </p>
      ))}
    </div>
  );
}
