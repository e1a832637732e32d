import { headersOf } from './header-values.js';
import { toKafka } from './kafkajs/kafkajs-producer.js';
import { entriesOf } from './kafkajs/to-record.js';

describe('headers of a record', () => {
  const bytes = Buffer.from([0, 255, 1]);

  it('F79 keep all values of one that is repeated, in their order, on the way in and out', () => {
    const given = { once: bytes, twice: [bytes, Buffer.from('2')], text: 'x', empty: Buffer.alloc(0) };
    expect(headersOf(entriesOf(given))).toEqual(given);
    expect(toKafka(headersOf(entriesOf(given)))).toEqual(given);
  });

  it('F79 are text and bytes under any name, also one that an object has its own use for', () => {
    const headers = headersOf([
      ['__proto__', bytes],
      ['toString', 'x'],
      ['__proto__', 'again'],
    ]);
    expect(Object.entries(headers)).toEqual([
      ['__proto__', [bytes, 'again']],
      ['toString', 'x'],
    ]);
    expect(Object.getPrototypeOf(headers)).toBe(Object.prototype);
  });

  it('F79 are those of the sender alone, however kafkajs collected them', () => {
    const constructor = [Object, bytes] as unknown as Buffer[]; // what kafkajs makes of a header of that name
    expect(headersOf(entriesOf({ constructor }))).toEqual(Object.fromEntries([['constructor', bytes]]));
    expect(headersOf(entriesOf({ nothing: undefined, none: [] }))).toEqual({});
    expect(headersOf(entriesOf(undefined))).toEqual({});
  });
});
