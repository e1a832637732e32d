import type { ServiceName } from '../api.js';
import { count, duration, perSecond } from '../format.js';
import { isDown, measured, rate, snapshots } from '../live.js';
import { hrefOf } from '../router.js';
import { ParkedKeys } from './parked-keys.js';

const PARTICIPANTS: readonly ServiceName[] = ['payment', 'inventory', 'shipping'];

/** A topic between two services, and what waits for it on both sides. */
interface Stream {
  readonly topic: string;
  readonly from: ServiceName;
  readonly to: ServiceName;
}

const STREAMS: readonly Stream[] = PARTICIPANTS.flatMap((service): readonly Stream[] => [
  { topic: `${service}.commands`, from: 'order', to: service },
  { topic: `${service}.events`, from: service, to: 'order' },
]);

/** What flows between the services now, and where it waits. */
export function Flow() {
  return (
    <section>
      <div class="title">
        <h1>Flow</h1>
      </div>
      <div class="flow">
        <Node service="order" />
        <ol class="streams" aria-label="Topics">
          {STREAMS.map((stream) => (
            <Line key={stream.topic} stream={stream} />
          ))}
        </ol>
        <div class="participants">
          {PARTICIPANTS.map((service) => (
            <Node key={service} service={service} />
          ))}
        </div>
      </div>
      <ParkedKeys />
    </section>
  );
}

function Node({ service }: { readonly service: ServiceName }) {
  const down = isDown(service);
  const dead = measured(service, 'waybill_dead_letters') ?? 0;
  const parked = measured(service, 'waybill_parked_keys') ?? 0;
  const handled = rate(service, 'waybill_consumer_messages_total');
  const still = measured(service, 'waybill_consumer_down_seconds') ?? 0;
  const limits = snapshots.value[service]?.answers['/admin/overview']?.samples.filter(
    ({ metric }) => metric === 'waybill_consumer_call_limit',
  );
  const isAway = (handler: string): boolean => measured(service, 'waybill_consumer_dependency_down', { handler }) === 1;
  return (
    <section class={`node of-${service} ${down ? 'down' : ''}`} aria-label={service}>
      <h2 class="service">{service}</h2>
      {down ? (
        <p class="fault">does not answer</p>
      ) : (
        <>
          <p>
            <strong>{handled === undefined ? '–' : perSecond(handled)}</strong> messages/s
          </p>
          {still > 0 && <p class="fault">its consumer has been down for {duration(still * 1_000)}</p>}
          <p>
            <a href={hrefOf('/dead-letters', { service })} class={dead > 0 ? 'alarming' : ''}>
              {count(dead)} dead letters
            </a>
          </p>
          <p>
            <a href="#parked" class={parked > 0 ? 'alarming' : ''}>
              {count(parked)} parked keys
            </a>
          </p>
          {limits?.map(({ labels, value }) => (
            <p class={isAway(labels['handler'] ?? '') ? 'fault' : 'hint'}>
              {labels['handler']?.split('.').at(-1)}: {count(value)} calls at once
              {isAway(labels['handler'] ?? '') && ', what it calls is away'}
            </p>
          ))}
        </>
      )}
    </section>
  );
}

/** From the sender's outbox over the topic to the receiver. */
function Line({ stream: { topic, from, to } }: { readonly stream: Stream }) {
  const waiting = measured(from, 'waybill_outbox_unpublished', { topic });
  const age = measured(from, 'waybill_outbox_oldest_seconds', { topic }) ?? 0;
  const lag = measured(to, 'waybill_consumer_lag_messages', { topic });
  const late = measured(to, 'waybill_consumer_lag_seconds', { topic }) ?? 0;
  const isCommand = from === 'order';
  return (
    <li class={`stream of-${from} ${isCommand ? '' : 'back'} ${(waiting ?? 0) + (lag ?? 0) > 0 ? 'busy' : ''}`}>
      <span class={waiting === undefined ? 'unknown' : ''} title={`Committed by ${from}, and not published yet`}>
        {waiting === undefined ? 'unknown' : `${count(waiting)} in the outbox`}
        {age > 1 && `, ${duration(age * 1_000)}`}
      </span>
      <svg viewBox="0 0 200 12" preserveAspectRatio="none" aria-hidden="true">
        <line x1="4" y1="6" x2="196" y2="6" vector-effect="non-scaling-stroke" />
        <path d={isCommand ? 'M190 1 L198 6 L190 11' : 'M10 1 L2 6 L10 11'} vector-effect="non-scaling-stroke" />
      </svg>
      <code>{topic}</code>
      <span class={lag === undefined ? 'unknown' : ''} title={`Published, and not taken by ${to} yet`}>
        {lag === undefined ? 'lag unknown' : `${count(lag)} behind`}
        {late > 1 && `, ${duration(late * 1_000)}`}
      </span>
    </li>
  );
}
