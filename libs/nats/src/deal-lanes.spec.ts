import type { Lane } from '@waybill/messaging';
import { assert, constantFrom, dictionary, integer, property, record, subarray, uniqueArray } from 'fast-check';

import { dealLanes } from './deal-lanes.js';
import type { Dealee } from './deal-lanes.js';

const id = ({ topic, partition }: Lane): string => `${topic}/${partition}`;
const holders = (dealt: ReadonlyMap<string, readonly Lane[]>): Readonly<Record<string, string>> =>
  Object.fromEntries([...dealt].flatMap(([member, lanes]) => lanes.map((lane) => [id(lane), member])));
const held = (by: Readonly<Record<string, string>>) => (lane: Lane) => by[id(lane)];

const TOPICS = ['a', 'b', 'c'];
const IDS = ['m1', 'm2', 'm3', 'm4', 'gone'];
const someHolders = dictionary(
  constantFrom('a/0', 'a/1', 'a/2', 'b/0', 'b/1', 'b/5', 'c/0', 'd/9'),
  constantFrom(...IDS),
);
const sizes = record({
  a: integer({ min: 0, max: 7 }),
  b: integer({ min: 1, max: 7 }),
  c: integer({ min: 1, max: 3 }),
});
const members = uniqueArray(record({ id: constantFrom('m1', 'm2', 'm3', 'm4'), topics: subarray(TOPICS) }), {
  selector: (member) => member.id,
  minLength: 1,
});

function of(chosen: readonly { id: string; topics: readonly string[] }[], counts: Record<string, number>): Dealee[] {
  return chosen.map((member) => ({
    id: member.id,
    topics: Object.fromEntries(member.topics.map((topic) => [topic, counts[topic] ?? 0])),
  }));
}

describe('dealing the lanes out', () => {
  it('gives every lane to one member that wants its topic, in shares that differ by one at most', () => {
    assert(
      property(members, sizes, someHolders, (chosen, counts, before) => {
        const dealees = of(chosen, counts);
        const dealt = dealLanes(dealees, held(before));
        for (const topic of TOPICS) {
          const takers = chosen.filter(({ topics }) => topics.includes(topic));
          const shares = takers.map((member) => (dealt.get(member.id) ?? []).filter((lane) => lane.topic === topic));
          const lanes = shares.flat().map(({ partition }) => partition);
          expect(lanes.toSorted((x, y) => x - y)).toEqual(
            Array.from({ length: takers.length > 0 ? (counts[topic as 'a'] ?? 0) : 0 }, (_, index) => index),
          );
          const lengths = shares.map(({ length }) => length);
          if (takers.length > 0) expect(Math.max(...lengths) - Math.min(...lengths)).toBeLessThanOrEqual(1);
        }
        const all = [...dealt.values()].flat();
        expect(new Set(all.map(id)).size).toBe(all.length);
      }),
      { numRuns: 300 },
    );
  });

  it('moves nothing when it is done again, in whatever order the members are named', () => {
    assert(
      property(members, sizes, someHolders, (chosen, counts, before) => {
        const after = holders(dealLanes(of(chosen, counts), held(before)));
        expect(holders(dealLanes(of(chosen.toReversed(), counts), held(after)))).toEqual(after);
        expect(holders(dealLanes(of(chosen.toReversed(), counts), held(before)))).toEqual(after);
      }),
      { numRuns: 300 },
    );
  });

  it('is fair over all topics where all members want the same ones, and takes no more lanes away than that needs', () => {
    const topics = Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`t${index}`, 1]));
    const alone = holders(dealLanes([{ id: 'm1', topics }], () => undefined));
    const two = [
      { id: 'm1', topics },
      { id: 'm2', topics },
    ];
    const dealt = dealLanes(two, held(alone));
    expect([...dealt.values()].map(({ length }) => length)).toEqual([5, 5]);
    expect(holders(dealLanes([{ id: 'm2', topics }], held(holders(dealt))))).toEqual(
      Object.fromEntries(Object.keys(alone).map((lane) => [lane, 'm2'])),
    );
  });
});
