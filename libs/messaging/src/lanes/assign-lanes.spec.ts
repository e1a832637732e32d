import { assert, integer, property, uniqueArray } from 'fast-check';

import { assignLanes } from './assign-lanes.js';
import { laneId } from './lane-id.js';

const lanes = (topic: string, count: number) => Array.from({ length: count }, (_, partition) => ({ topic, partition }));

describe('who gets which lane', () => {
  it('is the same for all, whatever order they have heard of each other in, and fair', () => {
    const ids = uniqueArray(integer({ min: 0, max: 999 }), { minLength: 1, maxLength: 8 });
    assert(
      property(ids, integer({ min: 1, max: 12 }), integer({ min: 0, max: 12 }), (members, first, second) => {
        const all = members.map((id) => ({ id: String(id), topics: ['a', 'b'] }));
        const asked = [...lanes('a', first), ...lanes('b', second)];
        const owners = assignLanes(all, asked);
        expect(assignLanes(all.toReversed(), asked.toReversed())).toEqual(owners);
        const shares = all.map(({ id }) => [...owners.values()].filter((owner) => owner === id).length);
        expect(Math.max(...shares) - Math.min(...shares)).toBeLessThanOrEqual(1);
        expect(owners.size).toBe(first + second);
      }),
    );
  });

  it('goes by who consumes the topic, as while a release is rolled out that consumes one more', () => {
    const members = [
      { id: 'old', topics: ['a'] },
      { id: 'new', topics: ['a', 'b'] },
    ];
    const owners = assignLanes(members, [...lanes('a', 2), ...lanes('b', 2)]);
    expect(lanes('b', 2).map((lane) => owners.get(laneId(lane)))).toEqual(['new', 'new']);
    expect(new Set(lanes('a', 2).map((lane) => owners.get(laneId(lane))))).toEqual(new Set(['old', 'new']));
  });

  it('is nobody where nobody consumes it', () => {
    expect(assignLanes([{ id: 'x', topics: [] }], lanes('a', 1)).size).toBe(0);
  });
});
