// Loaded into each service by --import. Told to start, it subscribes to the diagnostics channels and keeps what it hears in memory; told
// to end, it unsubscribes and hands everything over.
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';

import type { TransactionPoint } from '@waybill/database';
import type { CallPoint, MessagesHandle, ReceivedMessage, RecordsReceived } from '@waybill/messaging';
import type { OutboxFlush, PublishPoint } from '@waybill/outbox';

import { nowMs } from './trace-event.js';
import type { TraceEvent, TracedMessage } from './trace-event.js';

type Described = Omit<TraceEvent, 'point' | 'atMs'>;
type Row = Pick<PublishPoint['rows'][number], 'id' | 'type' | 'correlationid' | 'causationid'>;

/** What each channel hands over. */
interface Points {
  readonly 'waybill:transaction:begin': TransactionPoint;
  readonly 'waybill:transaction:commit': TransactionPoint;
  readonly 'waybill:transaction:committed': TransactionPoint;
  readonly 'waybill:records:received': RecordsReceived;
  readonly 'waybill:messages:handle': MessagesHandle;
  readonly 'waybill:call:begin': CallPoint;
  readonly 'waybill:call:end': CallPoint;
  readonly 'waybill:outbox:flush': OutboxFlush;
  readonly 'waybill:publish:begin': PublishPoint;
  readonly 'waybill:publish:end': PublishPoint;
  readonly 'http.server.request.start': { readonly request: IncomingMessage };
  readonly 'http.server.response.finish': { readonly request: IncomingMessage };
}

const describe: { readonly [Name in keyof Points]: (message: Points[Name]) => Described } = {
  'waybill:transaction:begin': ofTransaction,
  'waybill:transaction:commit': ofTransaction,
  'waybill:transaction:committed': ofTransaction,
  'waybill:records:received': ({ records }) => ({
    messages: records.map(({ headers }) => ({ id: String(headers['ce_id']) })),
  }),
  'waybill:messages:handle': ({ transaction, messages }) => ({
    transaction: numberOf(transaction),
    messages: messages.map(ofMessage),
  }),
  'waybill:call:begin': ({ message }) => ({ messages: [ofMessage(message)] }),
  'waybill:call:end': ({ message }) => ({ messages: [ofMessage(message)] }),
  'waybill:outbox:flush': ({ transaction, rows }) => ({
    transaction: numberOf(transaction),
    messages: rows.map(ofRow),
  }),
  'waybill:publish:begin': ({ rows }) => ({ messages: rows.map(ofRow) }),
  'waybill:publish:end': ({ rows }) => ({ messages: rows.map(ofRow) }),
  'http.server.request.start': ofRequest,
  'http.server.response.finish': ofRequest,
};

let events: TraceEvent[] = [];
const numbers = new WeakMap<object, number>();
let lastNumber = 0;

const listeners = Object.entries(describe).map(([point, describeIt]) => {
  // The channels' messages are what Points says of each.
  const listener = (message: unknown): void =>
    void events.push({ point, atMs: nowMs(), ...(describeIt as (message: unknown) => Described)(message) });
  return { point, listener };
});

process.on('message', (told) => {
  if (told === 'start recording') {
    events = [];
    for (const { point, listener } of listeners) subscribe(point, listener);
  } else if (told === 'end recording') {
    for (const { point, listener } of listeners) unsubscribe(point, listener);
    process.send?.(events);
  }
});
process.channel?.unref(); // it alone must not keep the service alive

function ofTransaction({ transaction }: TransactionPoint): Described {
  return { transaction: numberOf(transaction) };
}

function ofMessage({ envelope }: ReceivedMessage): TracedMessage {
  return { id: envelope.id };
}

function ofRow({ id, type, correlationid, causationid }: Row): TracedMessage {
  return { id, type, correlationId: correlationid, causationId: causationid };
}

function ofRequest({ request }: { readonly request: IncomingMessage }): Described {
  return { correlationId: String(request.headers['x-correlation-id']) };
}

function numberOf(transaction: unknown): number {
  const known = numbers.get(transaction as object); // whatever the unit of work hands to handlers, here an object
  if (known !== undefined) return known;
  numbers.set(transaction as object, ++lastNumber);
  return lastNumber;
}
