import { SERVICES } from '../api.js';
import type { ServiceName } from '../api.js';
import { count, duration, perSecond } from '../format.js';
import { isDown, measured, rate, samplesOf } from '../live.js';
import { later } from '../parts/later.js';
import { NoSuchService } from '../parts/notice.js';
import { hrefOf } from '../router.js';
import { ParkedKeys } from './parked-keys.js';
import { LANES } from './streams.js';
import type { Stream } from './streams.js';

const FlowList = later(async () => (await import('./flow-list.js')).FlowList);

interface FlowProps {
  /** One of the lists that the numbers lead to, of a service and perhaps a topic. */
  readonly list: string | undefined;
  readonly service: string | undefined;
  readonly topic: string | undefined;
}

/** What flows between the services now, and where it waits. */
export function Flow({ list, service: name, topic }: FlowProps) {
  const service = SERVICES.find((each) => each === name);
  if (name !== undefined && service === undefined) return <NoSuchService name={name} />;
  if (list !== undefined && service !== undefined) return <FlowList list={list} service={service} topic={topic} />;
  return (
    <section>
      <div class="title">
        <h1>Flow</h1>
      </div>
      <div class="flow">
        <Node service="order" />
        {LANES.map(({ service: participant, streams }) => (
          <>
            <ol class="streams" aria-label={`Topics of ${participant}`}>
              {streams.map((stream) => (
                <Line key={stream.topic} stream={stream} />
              ))}
            </ol>
            {participant !== 'order' && <Node service={participant} />}
          </>
        ))}
      </div>
      <ParkedKeys />
    </section>
  );
}

function Node({ service }: { readonly service: ServiceName }) {
  const down = isDown(service);
  const dead = measured(service, 'waybill_dead_letters') ?? 0;
  const parked = measured(service, 'waybill_parked_keys') ?? 0;
  const handled = rate(service, 'waybill_consumer_settled_total');
  const still = measured(service, 'waybill_consumer_down_seconds') ?? 0;
  const limits = samplesOf(service).filter(({ metric }) => metric === 'waybill_consumer_call_limit');
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
          <p>
            <a href={hrefOf(`/flow/health/${service}`)} class={still > 0 ? 'alarming' : ''}>
              {still > 0 ? `consumer down for ${duration(still * 1_000)}` : 'consumer works'}
            </a>
          </p>
          <p>
            <a href={hrefOf('/dead-letters', { service })} class={dead > 0 ? 'alarming' : ''}>
              {count(dead)} dead letters
            </a>
          </p>
          <p>
            <a href={hrefOf(`/flow/parked/${service}`)} class={parked > 0 ? 'alarming' : ''}>
              {count(parked)} parked keys
            </a>
          </p>
          {limits.map(({ labels: { handler = '' }, value }) => (
            <p key={handler}>
              <a
                class={isAway(handler) ? 'alarming' : ''}
                href={hrefOf(`/flow/parked/${service}`)}
                title={`How many calls of ${handler} may be in flight at once: it falls as they fail. What can't be called now is parked`}
              >
                {handler.split('.').at(-1)}: {count(value)} calls at once
                {isAway(handler) && ', what it calls is away'}
              </a>
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
  const lag = to && measured(to, 'waybill_consumer_lag_messages', { topic });
  const late = (to && measured(to, 'waybill_consumer_lag_seconds', { topic })) ?? 0;
  const isBusy = (waiting ?? 0) + (lag ?? 0) > 0;
  return (
    <li class={`stream of-${from} ${from === 'order' ? '' : 'back'} ${isBusy ? 'busy' : ''}`}>
      <a
        class={`wait ${waiting === undefined ? 'unknown' : ''}`}
        href={hrefOf(`/flow/outbox/${from}/${topic}`)}
        title={`Committed by ${from}, and not published yet`}
      >
        {waiting === undefined ? 'outbox unknown' : `${count(waiting)} in the outbox`}
        {age > 1 && `, ${duration(age * 1_000)}`}
      </a>
      <Rate
        service={from}
        metric="waybill_outbox_published_total"
        topic={topic}
        title={`Published by ${from}, of the replica that answers`}
      />
      <Arrow isBack={from !== 'order'} />
      <code>{topic}</code>
      {to === undefined ? (
        <span class="wait none">for monitors and archives</span>
      ) : (
        <>
          <Arrow isBack={from !== 'order'} />
          <Rate
            service={to}
            metric="waybill_consumer_settled_total"
            topic={topic}
            title={`Dealt with by ${to}, of the replica that answers`}
          />
          <a
            class={`wait ${lag === undefined ? 'unknown' : ''}`}
            href={hrefOf(`/flow/lanes/${to}/${topic}`)}
            title={`Published, and not taken by ${to} yet`}
          >
            {lag === undefined ? 'lag unknown' : `${count(lag)} behind`}
            {late > 1 && `, ${duration(late * 1_000)}`}
          </a>
        </>
      )}
    </li>
  );
}

interface RateProps {
  readonly service: ServiceName;
  readonly metric: string;
  readonly topic: string;
  readonly title: string;
}

function Rate({ service, metric, topic, title }: RateProps) {
  const value = rate(service, metric, { topic });
  return (
    <span class="rate" title={title}>
      {value === undefined ? '–' : perSecond(value)}/s
    </span>
  );
}

function Arrow({ isBack }: { readonly isBack: boolean }) {
  return (
    <svg viewBox="0 0 200 12" preserveAspectRatio="none" aria-hidden="true">
      <line x1="4" y1="6" x2="196" y2="6" vector-effect="non-scaling-stroke" />
      <path d={isBack ? 'M10 1 L2 6 L10 11' : 'M190 1 L198 6 L190 11'} vector-effect="non-scaling-stroke" />
    </svg>
  );
}
