import { ask } from '../api.js';
import type { ServiceName } from '../api.js';
import type { ReplayRun } from '../bodies.js';
import { count } from '../format.js';
import { Failed } from '../parts/notice.js';
import { Time } from '../parts/time.js';
import { useResource } from '../use-resource.js';
import type { BulkProgress } from './bulk.js';
import { replaying } from './replaying.js';
import type { Replaying } from './replaying.js';
import { TriedLetters } from './tried-letters.js';

interface RunPanelProps {
  readonly service: ServiceName;
  readonly run: string;
  /** Absent: one may only look. */
  readonly resume: (() => void) | undefined;
}

/** One replay run, driven by this page or by anybody: how far it is, what became of each letter, and how it is continued. */
export function RunPanel({ service, run, resume }: RunPanelProps) {
  const here = replaying.value.get(run);
  const found = useResource(`${service} ${run} ${here?.isRunning}`, (signal) =>
    ask<ReplayRun>(service, `/admin/dead-letters/runs/${run}`, signal),
  );
  const isUnknown = found.refusal?.code === 'REPLAY_RUN_NOT_FOUND';
  return (
    <div class="run">
      {here !== undefined && <Progress here={here} />}
      {here?.refusal && <Failed what="The replay was interrupted; what it has done is kept." refusal={here.refusal} />}
      {found.refusal && !isUnknown && (
        <Failed what="The run can't be shown." refusal={found.refusal} again={found.refresh} />
      )}
      {here === undefined && isUnknown && <p class="hint">Nothing is known of this run any more.</p>}
      {here?.isRunning !== true && found.value !== undefined && (
        <div class="notice good run-said" role="status">
          <p>
            Replay by <strong>{found.value.who}</strong> <Time at={found.value.startedAt} />: {found.value.why}.{' '}
            {count(found.value.replayed)} replayed, {count(found.value.failed)} failed again,{' '}
            {count(found.value.skipped)} skipped, {count(found.value.pending)} without an outcome yet.
          </p>
          {resume && (
            <button type="button" onClick={resume}>
              Continue…
            </button>
          )}
        </div>
      )}
      {here?.isRunning !== true && found.value !== undefined && <TriedLetters service={service} run={run} />}
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

const NOTHING_YET = { replayed: 0, failed: 0, skipped: 0, pending: 0, remaining: undefined, state: 'canary' } as const;

function Progress({ here: { progress, isRunning, stop } }: { readonly here: Replaying }) {
  const { state, replayed, failed, skipped, pending, remaining } = progress ?? NOTHING_YET;
  const all = Math.max(1, replayed + failed + skipped + pending + (remaining ?? 0));
  const isBad = state === 'canary failed' || state === 'too many failures';
  return (
    <div class={`notice ${isBad ? 'bad' : 'good'}`} role="status">
      <p>
        <strong>{SAID[state]}</strong> {count(replayed)} replayed, {count(failed)} failed again, {count(skipped)}{' '}
        skipped
        {pending > 0 && `, ${count(pending)} without an outcome yet`}
        {remaining !== undefined && `, ${count(remaining)} left`}.
      </p>
      <progress max={all} value={remaining === undefined ? 0 : all - remaining} aria-label="Replayed" />
      {isRunning && (
        <button type="button" onClick={stop}>
          Stop
        </button>
      )}
    </div>
  );
}
