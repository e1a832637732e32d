import { headerValues } from '@waybill/messaging';
import type { RecordToPublish } from '@waybill/messaging';
import type { Message } from 'amqplib';
import { assert, dictionary, oneof, option, property, string, uint8Array, array } from 'fast-check';

import { headerBytes, stored, toMessage, toRecord } from './message.js';

const lane = { topic: 'notes', partition: 0 };

/** As the broker gives it back. */
function throughTheBroker(record: RecordToPublish): Message {
  const { content, properties } = toMessage(record, 'id', 1_700_000_000_123);
  const headers: unknown = { ...properties.headers, 'x-stream-offset': 8 };
  const more = {
    messageId: properties.messageId,
    timestamp: properties.timestamp,
    contentType: properties.contentType,
  };
  const message: unknown = { content, properties: { ...more, headers } };
  return message as Message; // all that is read of one
}

const bytes = uint8Array({ maxLength: 20 }).map((each) => Buffer.from(each));

it('F79: a record comes back as it was, whatever its key, value and headers hold', () => {
  const value = oneof(string({ unit: 'binary' }), bytes);
  const headers = dictionary(string({ maxLength: 12 }), oneof(value, array(value, { minLength: 1, maxLength: 3 })));
  assert(
    property(option(bytes), option(bytes), headers, (key, content, given) => {
      const record = toRecord(lane, stored(throughTheBroker({ topic: 'notes', key, value: content, headers: given })));
      expect(record).toMatchObject({ ...lane, position: '7', key, value: content, timestampMs: 1_700_000_000_123 });
      expect(Object.keys(record.headers).toSorted()).toEqual(Object.keys(given).toSorted());
      for (const name of Object.keys(given)) {
        const sent = headerValues(given, name).map((each) => Buffer.from(each));
        expect(headerValues(record.headers, name).map((each) => Buffer.from(each))).toEqual(sent);
      }
    }),
  );
});

it.each(['CC', 'bcc', 'x-stream-filter-value', 'waybill-card', 'timestamp_in_ms', '__proto__'])(
  'a header %s is no word to the broker nor to us',
  (name) => {
    const headers = Object.fromEntries([[name, 'mine']]);
    const { properties } = toMessage({ topic: 'notes', key: null, value: null, headers }, 'id');
    expect(Object.entries<unknown>(properties.headers)).not.toContainEqual([name, 'mine']);
    const { headers: received } = toRecord(
      lane,
      stored(throughTheBroker({ topic: 'n', key: null, value: null, headers })),
    );
    expect(Object.entries(received).map(([other, value]) => [other, String(value)])).toEqual([[name, 'mine']]);
  },
);

it('reads what other senders have sent: any kind of header as text, and nothing of ours that is damaged', () => {
  const headers = {
    'x-stream-offset': 1,
    count: 3,
    deep: { a: 1 },
    flag: true,
    'waybill-headers': '{"a":',
    none: null,
  };
  const read: unknown = { content: Buffer.from('x'), properties: { headers, timestamp: 1_700_000_000 } };
  const record = toRecord(lane, stored(read as Message)); // all that is read of one
  expect(record).toMatchObject({ key: null, position: '0', timestampMs: 1_700_000_000_000 });
  expect(record.headers).toEqual({ count: '3', deep: '{"a":1}', flag: 'true' });
});

it('counts what the headers take of a frame', () => {
  const message = toMessage({ topic: 'n', key: null, value: null, headers: { a: 'x'.repeat(5_000) } }, 'id');
  expect(headerBytes(message)).toBeGreaterThan(5_000);
});
