import { LaneOffsets } from './lane-offsets.js';

describe('offsets of a lane', () => {
  it('commits what is done', () => {
    const offsets = new LaneOffsets();
    offsets.onFetched('9', '9');
    expect(offsets.position()).toBeUndefined();
    offsets.onDone('5');
    expect(offsets.position()).toBe('5');
  });

  it('F70: takes no position from a log that is gone for one of the log that it reads', () => {
    const offsets = new LaneOffsets();
    offsets.onDone('5');
    expect(offsets.position()).toBeUndefined();
    offsets.onFetched('2', '2');
    offsets.onDone('5');
    expect(offsets.position()).toBeUndefined();
    offsets.onDone('2');
    expect(offsets.position()).toBe('2');
  });

  it('F60: passes over control records once everything before them is done', () => {
    const offsets = new LaneOffsets();
    offsets.onFetched('9', '10');
    offsets.onDone('9');
    expect(offsets.position()).toBe('9');
    offsets.onDone('10');
    expect(offsets.position()).toBe('11');
    offsets.onFetched(undefined, '15');
    expect(offsets.position()).toBe('16');
  });

  it('F60: passes over a lane that holds nothing but control records', () => {
    const offsets = new LaneOffsets();
    offsets.onFetched(undefined, '3');
    expect(offsets.position()).toBe('4');
  });
});
