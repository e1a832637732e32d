import { inspect } from 'node:util';

import type { BrokerRecord, Headers, RecordToPublish } from '../broker.js';
import { newMessage } from '../message.js';
import { InvalidMessageTime } from '../messaging.errors.js';
import { noteContract, noteRecord } from '../testing/test-contract.js';
import { decideFailure, DEFAULT_RETRY_POLICY } from './decide-failure.js';
import { HandlerRegistry } from './handler-registry.js';
import { readRecord, readRecordFor } from './read-record.js';
import type { RegisteredHandler } from './registered-handler.js';

const handler = (contract: ReturnType<typeof noteContract>): RegisteredHandler => ({
  definition: { kind: 'single', contract, options: {}, name: 'Notes.take' },
  policy: { immediateAttempts: 1, delayedAttempts: 0, baseDelayMs: 1, maxDelayMs: 1 },
  invoke: async () => undefined,
});
const upcasters = new Map([[1, (data: unknown) => ({ text: (data as { body: string }).body })]]);
const event = noteContract('notes', 'note.taken', { version: 2, upcasters });
const command = noteContract('orders', 'order.note');
const registry = new HandlerRegistry(
  [handler(event), handler(command)],
  [
    { name: 'notes', kind: 'event' },
    { name: 'orders', kind: 'command' },
  ],
);
const at = (record: RecordToPublish): BrokerRecord => ({ ...record, partition: 3, position: '42', timestampMs: 0 });
const read = (record: RecordToPublish) => readRecordFor(registry, at(record), { subscriber: undefined });

describe('reading a record', () => {
  it('ignores fields it does not know (F59)', () => {
    const record = { ...noteRecord(event, 'k', 'x'), value: Buffer.from('{"text":"x","colour":"red"}') };
    expect(read(record).reading).toMatchObject({ kind: 'message', message: { data: { text: 'x' }, key: 'k' } });
  });

  it('lifts an older version through the upcasters', () => {
    const old = noteContract('notes', 'note.taken', { version: 1 });
    const record = { ...noteRecord(old, 'k', 'x'), value: Buffer.from('{"body":"old"}') };
    expect(read(record).reading).toMatchObject({ kind: 'message', message: { data: { text: 'old' } } });
  });

  it('takes what an edited message replaces from where it was held, and no word of a header for it (F63)', () => {
    const record = noteRecord(command, 'k', 'x', 'edited');
    const claiming = at({ ...record, headers: { ...record.headers, ce_replaces: 'any', replaces: 'any' } });
    const envelopes = [undefined, 'published'].map((replaces) => {
      const { reading } = readRecordFor(registry, claiming, { subscriber: undefined, replaces });
      return reading.kind === 'message' ? reading.message.envelope : undefined;
    });
    expect(envelopes.map((envelope) => [envelope?.id, envelope?.replaces])).toEqual([
      ['edited', undefined],
      ['edited', 'published'],
    ]);
    const causes = envelopes.map((cause) =>
      newMessage(event, { key: 'k', data: { text: 'x' }, ...(cause && { cause }) }),
    );
    expect(causes.map(({ causationId }) => causationId)).toEqual(['edited', 'published']);
  });

  it('passes over an event of a type nobody here handles, and a tombstone (F59)', () => {
    expect(read(noteRecord(noteContract('notes', 'note.burnt'), 'k', 'x')).reading).toEqual({
      kind: 'skip',
      why: 'unknown-event',
    });
    expect(read({ topic: 'notes', key: null, value: null, headers: {} }).reading).toMatchObject({ why: 'tombstone' });
  });

  it('gives up at once on an unknown version, an unknown command, missing type and broken data (F59)', () => {
    const code = (record: RecordToPublish) => {
      const { reading } = read(record);
      return reading.kind === 'unreadable' && 'code' in reading.error ? reading.error.code : reading.kind;
    };
    expect(code(noteRecord(noteContract('notes', 'note.taken', { version: 3 }), 'k', 'x'))).toBe('UNKNOWN_VERSION');
    expect(code(noteRecord(noteContract('orders', 'order.other'), 'k', 'x'))).toBe('UNKNOWN_COMMAND');
    expect(code({ topic: 'notes', key: null, value: Buffer.from('hello'), headers: {} })).toBe('NO_MESSAGE_TYPE');
    expect(code({ ...noteRecord(event, 'k', 'x'), value: Buffer.from('{"text":') })).toBe('INVALID_MESSAGE_DATA');
    expect(code({ ...noteRecord(event, 'k', 'x'), value: Buffer.from('[]') })).toBe('INVALID_MESSAGE_DATA');
    expect(code({ ...noteRecord(event, 'k', 'x'), value: null })).toBe('INVALID_MESSAGE_DATA');
  });

  it('says of what is not JSON nothing that was in it', () => {
    const { reading } = read({ ...noteRecord(event, 'k', 'x'), value: Buffer.from('{"text":Jane Doe}') });
    expect(reading.kind).toBe('unreadable');
    expect(inspect(reading)).toContain("isn't JSON");
    expect(inspect(reading)).not.toContain('Jane');
  });

  it('F82: reads it for each handler of an event by itself, and for none that is not there', () => {
    const named = (subscriber: string): RegisteredHandler => {
      const { definition, ...rest } = handler(event);
      return { ...rest, definition: { ...definition, options: { subscriber } } };
    };
    const two = new HandlerRegistry([named('one'), named('two')], [{ name: 'notes', kind: 'event' }]);
    const record = at(noteRecord(event, 'k', 'x', 'id'));
    const readings = readRecord(two, record);
    expect(readings.map(({ identity }) => identity.subscriber)).toEqual(['one', 'two']);
    const [one, other] = readings.map(({ reading }) => (reading.kind === 'message' ? reading.message : undefined));
    expect(one?.data).toEqual({ text: 'x' });
    expect(one?.data).not.toBe(other?.data);
    for (const subscriber of [undefined, 'three']) {
      const { identity, reading } = readRecordFor(two, record, { subscriber });
      expect([identity.subscriber, reading]).toMatchObject([subscriber, { error: { code: 'UNKNOWN_SUBSCRIBER' } }]);
    }
  });

  describe('of a contract that says who sends it and what its key is (F63)', () => {
    const own = noteContract('notes', 'note.taken', { source: '/test', key: '/text' });
    const record = noteRecord(own, 'k', 'k');
    const codeOf = (changes: Partial<RecordToPublish>, headers: Headers = {}) => {
      const one = at({ ...record, ...changes, headers: { ...record.headers, ...headers } });
      const owned = new HandlerRegistry([handler(own)], [{ name: 'notes', kind: 'event' }]);
      const { reading } = readRecordFor(owned, one, { subscriber: undefined });
      return reading.kind === 'unreadable' && 'code' in reading.error ? reading.error.code : reading.kind;
    };

    it('takes what agrees with its key, with a subject or without', () => {
      expect(codeOf({})).toBe('message');
      expect(codeOf({}, { ce_subject: 'k' })).toBe('message');
    });

    it.each<[string, Partial<RecordToPublish>, Headers]>([
      ['another source', {}, { ce_source: '/test/else' }],
      ['no usable source', {}, { ce_source: '' }],
    ])('gives up at once on %s', (_, changes, headers) => expect(codeOf(changes, headers)).toBe('WRONG_SOURCE'));

    it.each<[string, Partial<RecordToPublish>, Headers]>([
      ['no key, though a subject stands for it', { key: null }, { ce_subject: 'k' }],
      ['an empty key', { key: Buffer.alloc(0) }, {}],
      ['a body about something else than its key', { value: Buffer.from('{"text":"other"}') }, {}],
      ['a subject that is another than its key', {}, { ce_subject: 'other' }],
    ])('gives up at once on %s', (_, changes, headers) => expect(codeOf(changes, headers)).toBe('KEY_MISMATCH'));

    it('sends nothing that its receiver would refuse', () => {
      expect(() => noteRecord(own, 'k', 'other')).toThrow(expect.objectContaining({ code: 'KEY_MISMATCH' }));
    });
  });

  it('F79 gives up on a command topic what is a tombstone elsewhere', () => {
    const { reading } = read({ topic: 'orders', key: Buffer.from('k'), value: null, headers: {} });
    expect(reading).toMatchObject({ kind: 'unreadable', error: { code: 'NO_MESSAGE_TYPE' } });
  });

  it('F79 takes the last value of an attribute that is repeated', () => {
    const record = noteRecord(event, 'k', 'x');
    const ids = ['first', Buffer.from('last')];
    expect(read({ ...record, headers: { ...record.headers, ce_id: ids } }).identity.id).toBe('last');
    expect(read({ ...record, headers: { ...record.headers, ce_id: [] } }).identity.id).toBe('notes/3/42');
  });

  it('F80 reads the time once, as UTC; without one, when the broker took the record', () => {
    const { headers, ...record } = noteRecord(event, 'k', 'x');
    const { ce_time: _, ...timeless } = headers;
    const timeOf = (more: RecordToPublish['headers'], timestampMs = 0) => {
      const sent = { ...at({ ...record, headers: { ...timeless, ...more } }), timestampMs };
      const { reading } = readRecordFor(registry, sent, { subscriber: undefined });
      return reading.kind === 'message' ? reading.message.envelope.time : reading;
    };
    expect(timeOf({ ce_time: '2026-11-25t05:00:00.123456789+02:00' })).toBe('2026-11-25T03:00:00.123Z');
    expect(timeOf({})).toBe('1970-01-01T00:00:00.000Z');
    const refused = { kind: 'unreadable', error: { code: 'INVALID_MESSAGE_TIME' } };
    for (const ce_time of ['yesterday', '', '2026-W48-3', '57880-01-01T00:00:00Z', 'x'.repeat(2_000)]) {
      expect(timeOf({ ce_time })).toMatchObject(refused);
    }
    expect(timeOf({}, 9.2e18)).toMatchObject(refused);
    expect(decideFailure(DEFAULT_RETRY_POLICY, new InvalidMessageTime('x'), 1)).toMatchObject({ kind: 'dead-letter' });
  });

  it('identifies a record without a usable id by where it lies', () => {
    const { headers, ...rest } = noteRecord(event, 'k', 'x', 'an-id');
    expect(read({ ...rest, headers }).identity).toEqual({ source: '/test', id: 'an-id' });
    for (const unusable of ['', 'a\u0000b', Buffer.from([0xff, 0xfe]), 'x'.repeat(2_000)]) {
      expect(read({ ...rest, headers: { ...headers, ce_id: unusable } }).identity).toEqual({
        source: '',
        id: 'notes/3/42',
      });
    }
  });
});
