import { LaneTrail } from './lane-trail.js';

const point = (next: number, record: string) => ({ next: BigInt(next), record });

describe('the trail of a lane', () => {
  it('tells which record lies before a position, until one behind it is done', () => {
    const trail = new LaneTrail(5n, 'a');
    trail.add([point(6, 'b'), point(7, 'c'), point(8, 'd')]);
    expect(trail.record).toBe('d');
    expect(trail.pass(7n)).toBe('c');
    expect(trail.pass(7n)).toBe('c');
    expect(trail.pass(6n)).toBeUndefined();
    expect(trail.pass(8n)).toBe('d');
    expect(trail.record).toBe('d');
  });

  it('knows where reading began, and no position in a gap', () => {
    const trail = new LaneTrail(5n, 'a');
    expect([trail.record, trail.pass(5n)]).toEqual(['a', 'a']);
    trail.add([point(9, 'b')]);
    expect(trail.pass(7n)).toBeUndefined();
    expect(trail.pass(9n)).toBe('b');
  });
});
