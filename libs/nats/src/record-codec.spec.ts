import { MsgHdrsImpl } from '@nats-io/transport-node';
import { headerValues } from '@waybill/messaging';
import type { Headers, RecordToPublish } from '@waybill/messaging';
import { array, assert, constantFrom, dictionary, oneof, option, property, string, uint8Array } from 'fast-check';

import { fromMessage, toMessage } from './record-codec.js';

const record = (given: Partial<RecordToPublish>): RecordToPublish => ({
  topic: 't',
  key: null,
  value: null,
  headers: {},
  ...given,
});
const bytes = uint8Array({ maxLength: 12 }).map((each) => Buffer.from(each));
const name = oneof(
  string({ maxLength: 6 }),
  constantFrom('ce_id', 'Nats-Rollup', 'waybill-key', '__proto__', 'a:b', ' '),
);

/** As a reader of headers sees them: bytes, whatever they travelled as. */
const seen = (given: Headers) =>
  Object.keys(given)
    .map((each) => [each, headerValues(given, each).map((value) => Buffer.from(value).toString('hex'))] as const)
    .filter(([, values]) => values.length > 0)
    .toSorted(([a], [b]) => (a < b ? -1 : 1));

it('F79: brings every key, value and header back as it was, over the wire', () => {
  const value = oneof(string({ maxLength: 8 }), bytes);
  const given = dictionary(name, oneof(value, array(value, { maxLength: 3 })), { maxKeys: 4 });
  assert(
    property(option(bytes), option(bytes), given, (key, content, own) => {
      const message = toMessage(record({ key, value: content, headers: own }));
      const wire = MsgHdrsImpl.decode(message.headers.encode());
      const read = fromMessage(message.payload, wire);
      expect([read.key, read.value]).toEqual([key, content]);
      expect(seen(read.headers)).toEqual(seen(own));
    }),
    { numRuns: 500 },
  );
});

it('F84: lets nothing that a message brings along be an instruction to the server', () => {
  const own = { 'Nats-Rollup': 'all', 'nats-expected-stream': 'x', 'Nats-Msg-Id': '1', 'KV-Operation': 'DEL' };
  const { headers: written } = toMessage(record({ value: Buffer.from('v'), headers: own }));
  expect(written.keys()).toEqual(['Waybill-Header-Base64']);
});

it('keeps text readable, and hides from the reader what is NATS’ own', () => {
  const { headers: written } = toMessage(record({ key: Buffer.from('order-1'), headers: { ce_type: 'a.v1' } }));
  expect(Object.fromEntries(written)).toEqual({
    'Waybill-Key': ['order-1'],
    'Waybill-No-Value': ['1'],
    ce_type: ['a.v1'],
  });
  written.append('Nats-Msg-Id', 'x');
  expect(fromMessage(new Uint8Array(0), written).headers).toEqual({ ce_type: 'a.v1' });
});

it('takes a repetition for one only where it is the same byte by byte', () => {
  const of = (given: Partial<RecordToPublish>) => toMessage(record({ headers: { ce_id: '1' }, ...given })).id;
  const same = of({ key: Buffer.from('k'), value: Buffer.from('v') });
  expect(of({ key: Buffer.from('k'), value: Buffer.from('v') })).toBe(same);
  expect(of({ key: Buffer.from('k'), value: Buffer.from('w') })).not.toBe(same);
  expect(of({ key: Buffer.from('l'), value: Buffer.from('v') })).not.toBe(same);
  expect(of({ key: Buffer.from('k'), value: Buffer.from('v'), headers: { ce_id: '1', x: '2' } })).not.toBe(same);
  expect(of({ headers: {} })).toBeUndefined();
});
