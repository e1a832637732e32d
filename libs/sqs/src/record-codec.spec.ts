import { assert, constant, dictionary, oneof, option, property, string, uint8Array } from 'fast-check';

import { decode, encode } from './record-codec.js';

const LANE = { topic: 'notes', partition: 0 };
const ALLOWED = /^[\t\n\r\u0020-\uD7FF\uE000-\uFFFD]+$/;
const bytes = oneof(
  uint8Array({ maxLength: 40 }).map((each) => Buffer.from(each)),
  string({ unit: 'binary' }).map((each) => Buffer.from(each)),
  constant(Buffer.from('\uFFFE\uFFFF\u0000')),
);

describe('a record on its way through SNS and SQS', () => {
  it('F79: comes back byte by byte, of characters alone that SQS takes', () => {
    assert(
      property(option(bytes), option(bytes), dictionary(string({ minLength: 1 }), bytes), (key, value, headers) => {
        const { text, attributes, bytes: size } = encode({ topic: 'notes', key, value, headers });
        for (const each of [text, ...Object.values(attributes).map(({ StringValue }) => StringValue ?? '')]) {
          expect(each).toMatch(ALLOWED);
        }
        expect(size).toBeGreaterThanOrEqual(Buffer.byteLength(text));
        const record = decode(LANE, 7, { Body: text, MessageAttributes: attributes }, 1);
        expect([record.key, record.value, record.position]).toEqual([key, value, '7']);
        for (const [name, header] of Object.entries(headers)) {
          expect(Buffer.from(record.headers[name] as Buffer | string)).toEqual(header);
        }
      }),
    );
  });

  it('of another sender is a record of its text, whatever its attributes say', () => {
    for (const StringValue of ['', 'null', '7', '{"k":7,"h":[1],"v":"x"}', '{"h":{"a":{"b":7}}}']) {
      const message = { Body: 'hello', MessageAttributes: { waybill: { DataType: 'String', StringValue } } };
      expect(decode(LANE, 0, message, 1)).toMatchObject({ key: null, value: Buffer.from('hello'), headers: {} });
    }
  });
});
