import Type from 'typebox';
import type { TSchema } from 'typebox';

import { allContracts } from '../all-contracts.js';
import { defineCommand, defineEvent } from '../define-message.js';
import type { SchemaContract } from '../define-message.js';
import { PERSONAL } from '../personal.js';
import { compareContracts, releasedForm } from './compare-contracts.js';

const event = (schema: TSchema, more: object = {}): SchemaContract<unknown> =>
  defineEvent({ topic: 'notes', name: 'note.taken', version: 1, source: '/notes', key: '/id', schema, ...more });

const of = (fields: Record<string, TSchema>, options = {}): TSchema =>
  Type.Object({ id: Type.String(), ...fields }, options);

const breaks = (from: SchemaContract<unknown>, ...to: readonly SchemaContract<unknown>[]): readonly string[] =>
  compareContracts([releasedForm(from)], to).map(({ type, at, kind }) => `${type} ${at} ${kind}`);

const REFUSE = { additionalProperties: false };
const OTHERS = { additionalProperties: Type.Integer() };
const CLOSED = of({}, REFUSE);

/** Each kind of break, planted: what was released, what it became, what is found. */
const planted: readonly (readonly [found: string, from: TSchema, to: TSchema, refusedBy: RegExp])[] = [
  ['/n type-changed', of({ n: Type.Integer() }), of({ n: Type.String() }), /neither/],
  ['/n field-became-required', of({ n: Type.Optional(Type.Integer()) }), of({ n: Type.Integer() }), /new reader/],
  ['/n field-became-optional', of({ n: Type.Integer() }), of({ n: Type.Optional(Type.Integer()) }), /aren't updated/],
  ['/n required-field-added', of({}), of({ n: Type.Integer() }), /new reader/],
  ['/n required-field-removed', of({ n: Type.Integer() }), of({}), /aren't updated/],
  ['/n values-added', of({ n: Type.Enum(['a']) }), of({ n: Type.Enum(['a', 'b']) }), /aren't updated/],
  ['/n values-removed', of({ n: Type.Enum(['a', 'b']) }), of({ n: Type.Enum(['b']) }), /new reader/],
  ['/n limit-narrowed', of({ n: Type.String() }), of({ n: Type.String({ maxLength: 3 }) }), /new reader/],
  [
    '/n limit-widened',
    of({ n: Type.Integer({ minimum: 1 }) }),
    of({ n: Type.Integer({ minimum: 0 }) }),
    /aren't updated/,
  ],
  ['/ unknown-fields-refused', of({}), of({}, { additionalProperties: false }), /new reader/],
  ['/ unknown-fields-allowed', of({}, { additionalProperties: false }), of({}), /aren't updated/],
  ['/n optional-field-added', CLOSED, of({ n: Type.Optional(Type.Integer()) }, REFUSE), /aren't updated/],
  ['/n optional-field-removed', of({ n: Type.Optional(Type.Integer()) }, REFUSE), CLOSED, /new reader/],
  ['/ unknown-fields-refused', of({}), of({}, OTHERS), /new reader/],
  ['/ unknown-fields-allowed', CLOSED, of({}, OTHERS), /aren't updated/],
  ['/* type-changed', of({}, OTHERS), of({}, { additionalProperties: Type.String() }), /neither/],
  ['/n rule-changed', of({ n: Type.String({ pattern: '^a' }) }), of({ n: Type.String({ pattern: '^b' }) }), /neither/],
  ['/n meaning-changed', of({ n: Type.String() }), of({ n: Type.String(PERSONAL) }), /neither/],
  [
    '/list/*/at/n limit-narrowed',
    of({ list: Type.Array(Type.Object({ at: Type.Object({ n: Type.Integer() }) })) }),
    of({ list: Type.Array(Type.Object({ at: Type.Object({ n: Type.Integer({ maximum: 9 }) }) })) }),
    /new reader/,
  ],
];

const TEXTS = Type.Object({ text: Type.Union([Type.Literal('a'), Type.Literal('b')]) });
const TEXTS_TURNED = Type.Object({ text: Type.Union([Type.Literal('b'), Type.Literal('a')]) });

describe('a contract that was released', () => {
  it.each(planted)('may not change so: %s', (found, from, to, refusedBy) => {
    expect(breaks(event(from), event(to))).toEqual([`note.taken.v1 ${found}`]);
    const [only] = compareContracts([releasedForm(event(from))], [event(to)]);
    expect(only?.message).toMatch(refusedBy);
    expect(only?.wayOut).toContain('upcaster');
  });

  it.each([
    [
      'a union is put in another order',
      Type.Union([Type.Integer(), TEXTS]),
      Type.Union([TEXTS_TURNED, Type.Integer()]),
    ],
    ['a lower limit says what is true without it', Type.String(), Type.String({ minLength: 0 })],
    [
      'so does one of an array',
      Type.Array(Type.Integer(), { minItems: 0, uniqueItems: false }),
      Type.Array(Type.Integer()),
    ],
    [
      'types are put in another order',
      Type.Unsafe({ type: ['null', 'string'] }),
      Type.Unsafe({ type: ['string', 'null'] }),
    ],
  ])('may be written in another way: %s', (_, from, to) => {
    expect(breaks(event(of({ n: from })), event(of({ n: to })))).toEqual([]);
  });

  it.each([
    ['a union gains or loses a branch', Type.Union([Type.Integer()]), Type.Union([Type.Integer(), TEXTS])],
    ['the elements of a tuple change places', Type.Tuple([Type.Integer(), TEXTS]), Type.Tuple([TEXTS, Type.Integer()])],
    ['a lower limit is one', Type.String(), Type.String({ minLength: 1 })],
    [
      'a type is added',
      Type.Unsafe({ type: ['null', 'string'] }),
      Type.Unsafe({ type: ['null', 'string', 'integer'] }),
    ],
  ])('may not be written so that %s', (_, from, to) => {
    expect(breaks(event(of({ n: from })), event(of({ n: to })))).not.toEqual([]);
    expect(breaks(event(of({ n: to })), event(of({ n: from })))).not.toEqual([]);
  });

  it('may gain and lose optional fields, and say more about itself', () => {
    const from = event(of({ old: Type.Optional(Type.Integer()), kept: Type.Enum(['a', 'b']) }));
    const to = event(
      of({
        kept: Type.Enum(['b', 'a'], { description: 'why', deprecated: true }),
        added: Type.Optional(Type.Integer()),
      }),
    );
    expect(breaks(from, to)).toEqual([]);
  });

  it.each([
    ['topic', { topic: 'other' }],
    ['source', { source: '/other' }],
    ['key', { key: '/other' }],
  ])('keeps its %s', (at, more) => {
    expect(breaks(event(of({})), event(of({}), more))).toEqual([`note.taken.v1 ${at} routing-changed`]);
  });

  it('keeps what it undoes, and its kind', () => {
    const command = (undoes?: readonly string[]) =>
      defineCommand({
        topic: 'notes',
        name: 'note.taken',
        version: 1,
        key: '/id',
        schema: of({}),
        ...(undoes && { undoes }),
      });
    expect(breaks(command(['note.take']), command())).toEqual(['note.taken.v1 undoes routing-changed']);
    expect(breaks(command(), event(of({})))).toEqual([
      'note.taken.v1 kind routing-changed',
      'note.taken.v1 source routing-changed',
    ]);
  });

  it('is followed by a version that its messages can be lifted to, step by step', () => {
    const v1 = event(of({}));
    const lift = (data: unknown): unknown => data;
    const next = (version: number, upcasters: object) => event(of({ n: Type.Integer() }), { version, upcasters });
    expect(breaks(v1, next(2, { 1: lift }))).toEqual([]);
    expect(breaks(v1, next(3, { 1: lift, 2: lift }))).toEqual([]);
    expect(breaks(v1, next(2, {}))).toEqual(['note.taken.v1 upcasters upcaster-missing']);
    expect(breaks(v1, next(3, { 1: lift }))).toEqual(['note.taken.v1 upcasters upcaster-missing']);
  });

  it('is read as long as it is released', () => {
    expect(breaks(event(of({})), event(of({}), { name: 'note.other' }))).toEqual(['note.taken.v1 / contract-removed']);
  });

  it('compares equal to itself, whichever it is', () => {
    expect(compareContracts(allContracts.map(releasedForm), allContracts)).toEqual([]);
  });
});
