import { useEffect } from 'preact/hooks';

import { askLab } from '../api.js';
import { count, shortId } from '../format.js';
import { now } from '../live.js';
import { Failed } from '../parts/notice.js';
import { Time } from '../parts/time.js';
import { hrefOf } from '../router.js';
import { useResource } from '../use-resource.js';

type State = 'holds' | 'broken' | 'unknown';

interface Finding {
  readonly orderId: string | null;
  readonly subject: string;
  readonly says: string;
}

interface Invariant {
  readonly name: string;
  readonly title: string;
  readonly says: string;
  readonly state: State;
  readonly reason: string | null;
  readonly checked: number;
  readonly faults: number;
  readonly broken: readonly Finding[];
}

interface Report {
  readonly at: string;
  readonly isBehind: boolean;
  readonly invariants: readonly Invariant[];
}

const REFRESH_MS = 2_000;
const WORDS: Readonly<Record<State, string>> = { holds: 'holds', broken: 'broken', unknown: "can't tell" };
const TONES: Readonly<Record<State, string>> = { holds: 'good', broken: 'bad', unknown: 'calm' };

/** What has to hold whatever is broken, as it stands now. */
export function Invariants() {
  const known = useResource('invariants', (signal) => askLab<Report>('/invariants', { signal }));
  useEffect(() => {
    if (!known.isLoading) known.refresh();
  }, [Math.floor(now.value / REFRESH_MS)]);
  const report = known.value;
  return (
    <section class="invariants" aria-label="Invariants">
      <h2>Invariants</h2>
      <p class="hint">{report === undefined ? 'Looking …' : <Summary report={report} />}</p>
      {known.refusal && <Failed what="The lab can't say whether they hold." refusal={known.refusal} />}
      {report && (
        <>
          <ul class={known.refusal ? 'stale' : ''}>
            {report.invariants.map((invariant) => (
              <Row key={invariant.name} invariant={invariant} />
            ))}
          </ul>
          <Broken invariants={report.invariants.filter(({ state }) => state === 'broken')} />
        </>
      )}
    </section>
  );
}

function Summary({ report: { at, isBehind, invariants } }: { readonly report: Report }) {
  const of = (state: State): number => invariants.filter((invariant) => invariant.state === state).length;
  const parts = (['holds', 'broken', 'unknown'] as const).flatMap((state) =>
    of(state) === 0 ? [] : [`${of(state)} ${state === 'holds' ? 'hold' : WORDS[state]}`],
  );
  return (
    <>
      <span role="status">{parts.join(', ')}</span>, looked at <Time at={at} />
      {isBehind && '; older orders are still being read'}
    </>
  );
}

function Row({ invariant: { name, title, says, state, reason, checked, faults } }: { readonly invariant: Invariant }) {
  return (
    <li class={`invariant ${state}`} aria-label={title}>
      <h3>{title}</h3>
      <span class={`status ${TONES[state]}`}>{WORDS[state]}</span>
      <span class="checked">{count(checked)} checked</span>
      <p class="hint">
        {state === 'unknown' && reason}
        {state === 'broken' && (
          <a href={`#broken-${name}`}>{faults === 1 ? 'One fault' : `${count(faults)} faults`}: see what broke it</a>
        )}
        {state === 'holds' && says}
      </p>
    </li>
  );
}

/** In a box of its own, so that the rows stay where they are. */
function Broken({ invariants }: { readonly invariants: readonly Invariant[] }) {
  return (
    <section class="broken-by" aria-label="What broke them" tabIndex={0}>
      {invariants.length === 0 && <p class="hint">Orders that break an invariant are named here.</p>}
      {invariants.map(({ name, title, says, broken, faults }) => (
        <section key={name} aria-label={`What broke: ${title}`}>
          <h3 id={`broken-${name}`} tabIndex={-1}>
            {title}
          </h3>
          <p class="hint">{says}</p>
          <ul>
            {broken.map(({ orderId, subject, says: fault }) => (
              <li key={subject}>
                {orderId === null ? (
                  <code title={subject}>{shortId(subject)}</code>
                ) : (
                  <a href={hrefOf(`/orders/${orderId}`)}>
                    <code title={orderId}>{shortId(orderId)}</code>
                  </a>
                )}{' '}
                {fault}
              </li>
            ))}
          </ul>
          {faults > broken.length && <p class="hint">and {count(faults - broken.length)} more</p>}
        </section>
      ))}
    </section>
  );
}
