import type { TraceEvent, TracedMessage } from './trace-event.js';

export const KINDS = ['queue', 'transaction', 'commit', 'produce', 'fetch', 'call', 'HTTP'] as const;
export type Kind = (typeof KINDS)[number];

/** A stretch of an order's way. */
export interface Span {
  readonly service: string;
  readonly kind: Kind;
  readonly what: string;
  /** Milliseconds since the request was sent. */
  readonly fromMs: number;
  readonly toMs: number;
}

export interface OrderTrace {
  readonly totalMs: number;
  /** In order of time; they don't overlap. What lies between two of them nobody has explained. */
  readonly spans: readonly Span[];
}

/** A request as its client saw it. */
export interface PlacedOrder {
  readonly correlationId: string;
  readonly sentAtMs: number;
  readonly answeredAtMs: number;
}

/** An event and the service it happened in. */
export interface ServiceEvent extends TraceEvent {
  readonly service: string;
}

type Find = (point: string, match: (event: ServiceEvent) => boolean) => ServiceEvent | undefined;

/**
 * Follows one order from its request over its messages to the answer: the request's transaction writes the first message, the
 * transaction that handles a message writes the next. The way ends at the last transaction of the order service before the answer.
 */
export function traceOrder(events: readonly ServiceEvent[], order: PlacedOrder): OrderTrace {
  const sorted = events.toSorted((a, b) => a.atMs - b.atMs);
  const find: Find = (point, match) => sorted.find((event) => event.point === point && match(event));
  const ofOrder = (event: ServiceEvent): boolean => event.correlationId === order.correlationId;
  const answered = find('http.server.response.finish', ofOrder);

  const way = new Way(order.sentAtMs);
  const requested = find('http.server.request.start', ofOrder);
  way.to(requested, 'HTTP', 'request on its way');
  let message: TracedMessage | undefined;
  const placing = find('waybill:outbox:flush', ({ messages = [] }) => {
    message = messages.find(({ correlationId }) => correlationId === order.correlationId);
    return message !== undefined;
  });
  followTransaction(way, find, placing, 'HTTP', 'reads and checks the request', 'places the order');
  for (const hop of hopsFrom(sorted, message, answered)) followHop(way, sorted, hop);
  way.to(answered, 'HTTP', 'writes the answer');
  way.to({ service: 'client', atMs: order.answeredAtMs }, 'HTTP', 'answer on its way');
  return { totalMs: order.answeredAtMs - order.sentAtMs, spans: way.spans };
}

/** A message and the transactions in which a service dealt with it: one, or around an outside call two. */
interface Hop {
  readonly message: TracedMessage;
  readonly service: string;
  readonly handled: readonly ServiceEvent[];
}

function hopsFrom(
  events: readonly ServiceEvent[],
  first: TracedMessage | undefined,
  answered: ServiceEvent | undefined,
): readonly Hop[] {
  const hops: Hop[] = [];
  let end = 0;
  for (let message = first; message;) {
    const { id } = message;
    const all = events.filter((event) => event.point === 'waybill:messages:handle' && has(event, id));
    const service = all[0]?.service;
    if (service === undefined) break;
    const handled = all.filter((event) => event.service === service);
    hops.push({ message, service, handled });
    const last = handled.at(-1);
    if (service === answered?.service && last !== undefined && last.atMs < answered.atMs) end = hops.length;
    message = events
      .filter(({ point }) => point === 'waybill:outbox:flush')
      .flatMap(({ messages = [] }) => messages)
      .find(({ causationId }) => causationId === id);
  }
  return hops.slice(0, end);
}

function followHop(way: Way, events: readonly ServiceEvent[], { message, service, handled }: Hop): void {
  const find: Find = (point, match) => events.find((event) => event.point === point && match(event));
  const ofMessage = (event: ServiceEvent): boolean => has(event, message.id);
  const received = find('waybill:records:received', (event) => event.service === service && ofMessage(event));
  const sent = find('waybill:publish:begin', ofMessage);
  const acknowledged = find('waybill:publish:end', ofMessage);
  way.to(sent, 'queue', `relay: ${message.type?.replace(/\.v\d+$/, '') ?? 'the message'}`);
  // A consumer may have the record before its producer has the acknowledgement.
  way.to(
    acknowledged && { ...acknowledged, atMs: Math.min(acknowledged.atMs, received?.atMs ?? Infinity) },
    'produce',
    'request to the broker',
  );
  way.to(received, 'fetch', 'fetch brings it');
  for (const [phase, handling] of handled.entries()) {
    if (phase > 0) {
      way.to(find('waybill:call:begin', ofMessage), 'queue', 'call may begin');
      way.to(find('waybill:call:end', ofMessage), 'call', 'outside call');
    }
    const inCalls = handled.length > 1;
    const work = inCalls ? (phase === 0 ? 'prepares the call' : 'concludes the call') : 'handles it';
    followTransaction(way, find, handling, 'queue', 'worker takes it', work);
  }
}

/** @param event of the transaction. */
function followTransaction(
  way: Way,
  find: Find,
  event: ServiceEvent | undefined,
  before: Kind,
  waiting: string,
  work: string,
): void {
  if (event === undefined) return way.to(event, before, waiting);
  const ofIt = (other: ServiceEvent): boolean =>
    other.service === event.service && other.transaction === event.transaction;
  way.to(find('waybill:transaction:begin', ofIt), before, waiting);
  if (event.point === 'waybill:messages:handle') way.to(event, 'transaction', 'inbox, parked keys, reads');
  way.to(find('waybill:transaction:commit', ofIt), 'transaction', work);
  way.to(find('waybill:transaction:committed', ofIt), 'commit', 'outbox row and COMMIT');
}

/** Appends spans, each from where the one before it ended. Up to what follows on an event that is missing, nothing is explained. */
class Way {
  readonly spans: Span[] = [];
  #atMs: number;
  #lost = false;

  constructor(private readonly beganAtMs: number) {
    this.#atMs = beganAtMs;
  }

  to(event: Pick<ServiceEvent, 'service' | 'atMs'> | undefined, kind: Kind, what: string): void {
    if (event === undefined) this.#lost = true;
    if (event === undefined || event.atMs < this.#atMs) return; // the latter is no part of the way
    const [fromMs, toMs] = [this.#atMs - this.beganAtMs, event.atMs - this.beganAtMs];
    if (!this.#lost) this.spans.push({ service: event.service, kind, what, fromMs, toMs });
    this.#lost = false;
    this.#atMs = event.atMs;
  }
}

function has({ messages = [] }: ServiceEvent, id: string): boolean {
  return messages.some((message) => message.id === id);
}
