import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { MessageContract } from '@waybill/messaging';
import Type from 'typebox';

import { allContracts } from './all-contracts.js';
import { InvalidMessageDataError } from './contracts.errors.js';
import { PublishCatalogue } from './inventory.commands.js';
import { ProcessPayment } from './payment.commands.js';
import { PERSONAL, personalPointers } from './personal.js';
import { CreateShipment } from './shipping.commands.js';
import { topics } from './topics.js';

const FIXTURES = join('libs', 'contracts', 'fixtures');
const fixture = (type: string): unknown => JSON.parse(readFileSync(join(FIXTURES, `${type}.json`), 'utf8'));

/** Lifts a payload of any version that was ever sent to today's, as the consumer does. */
function parseForEver(type: string): unknown {
  const [, name, from] = /^(.+)\.v(\d+)$/.exec(type) ?? [];
  const contract = allContracts.find((candidate) => candidate.name === name);
  if (!contract) throw new Error(`No contract reads ${type}`);
  let data = fixture(type);
  for (let version = Number(from); version < contract.version; version++) {
    const lift = contract.upcasters.get(version);
    if (!lift) throw new Error(`${type} can't be lifted from version ${version}`);
    data = lift(data);
  }
  return contract.parse(data);
}

describe('contracts', () => {
  it.each(readdirSync(FIXTURES).map((file) => file.replace(/\.json$/, '')))('still parses %s', (type) => {
    expect(parseForEver(type)).toBeDefined();
  });

  it.each(allContracts.map(({ type }) => type))('has a fixture for %s', (type) => {
    expect(readdirSync(FIXTURES)).toContain(`${type}.json`);
  });

  it.each(allContracts)('describes $type, with its fixture for an example', (contract) => {
    expect(contract.description).toMatch(/^[A-Z].*\.$/);
    expect(contract.example).toEqual(fixture(contract.type));
  });

  it('says of every command which events answer it, all of its own service; the request for the catalogue has no answer of its own', () => {
    for (const { kind, type, topic, answeredBy } of allContracts as readonly MessageContract[]) {
      const answers = answeredBy?.map((name) => allContracts.find((contract) => contract.name === name));
      const service = topic.split('.')[0];
      expect({ type, topics: answers && [...new Set(answers.map((answer) => answer?.topic))] }).toEqual({
        type,
        topics: kind === 'command' && type !== PublishCatalogue.type ? [`${service}.events`] : undefined,
      });
    }
  });

  it.each(allContracts)('$type ignores a field that a newer sender added (F59)', (contract) => {
    const data = { ...(fixture(contract.type) as object), addedLater: { by: 'a newer sender' } };
    expect(() => contract.parse(data)).not.toThrow();
  });

  it.each(allContracts)('$type names what is missing from an empty payload', (contract) => {
    expect(() => contract.parse({})).toThrow(InvalidMessageDataError);
  });

  it('gives each message one type, and each type one topic that exists', () => {
    const types = allContracts.map(({ type }) => type);
    expect(new Set(types).size).toBe(types.length);
    const names = Object.values(topics).map(({ name }) => name);
    for (const contract of allContracts) expect(names).toContain(contract.topic);
  });

  it('sends commands on command topics and events on event topics', () => {
    for (const contract of allContracts) {
      expect(Object.values(topics).find(({ name }) => name === contract.topic)?.kind).toBe(contract.kind);
    }
  });

  it('undoes commands of the same topic only, one undoing for each step of the saga (F66)', () => {
    const pairs = allContracts.flatMap(({ name, topic, undoes }: MessageContract) =>
      (undoes ?? []).map((undone) => ({ name, topic, undone })),
    );
    for (const { topic, undone: name } of pairs) {
      expect(allContracts).toContainEqual(expect.objectContaining({ kind: 'command', topic, name }));
    }
    expect(pairs.map(({ name, undone }) => `${name} undoes ${undone}`)).toEqual([
      'inventory.release undoes inventory.reserve',
      'payment.refund undoes payment.process',
      'shipping.cancel-shipment undoes shipping.create-shipment',
    ]);
  });

  it.each(allContracts)(
    '$type says who sends it, if it is an event, and that its key is the order (F63)',
    (contract) => {
      const { kind, source, key, schema, topic } = contract;
      const { properties } = schema as { properties: Record<string, unknown> };
      expect(source).toBe(kind === 'event' ? `/${topic.split('.')[0]}` : undefined);
      expect(key === '/orderId').toBe('orderId' in properties);
    },
  );

  it('marks the shipping address and the means of payment as personal (F38)', () => {
    expect(CreateShipment.personal).toEqual(['/address']);
    expect(ProcessPayment.personal).toEqual(['/paymentMethod/token']);
  });

  it('finds what is personal in every branch, element and entry of a schema (F38)', () => {
    const holder = Type.Object({ holder: Type.String(PERSONAL) });
    const anywhere = Type.Object({
      either: Type.Union([Type.Literal('none'), holder]),
      both: Type.Intersect([Type.Object({ id: Type.String() }), holder]),
      pair: Type.Tuple([Type.Integer(), holder]),
      byName: Type.Record(Type.String(), holder),
    });
    expect(personalPointers(anywhere)).toEqual([
      '/either/holder',
      '/both/holder',
      '/pair/*/holder',
      '/byName/*/holder',
    ]);
  });

  it('escapes what a pointer has a meaning for (F38)', () => {
    expect(personalPointers(Type.Object({ 'a/b~c': Type.String(PERSONAL) }))).toEqual(['/a~1b~0c']);
  });

  it('names every fault with its pointer', () => {
    const broken = {
      ...(fixture(CreateShipment.type) as object),
      items: [{ sku: 'SKU-1', quantity: 0.5 }],
      orderId: 7,
    };
    const faults = () => CreateShipment.parse(broken);
    expect(faults).toThrow(/\/orderId .*\/items\/0\/quantity|\/items\/0\/quantity .*\/orderId/);
  });
});
