import { LaneProgress } from './lane-progress.js';

describe('how far a lane is done', () => {
  it('is what was acknowledged, with the id of the record before it', () => {
    const progress = new LaneProgress(5);
    for (const next of [6, 7, 8]) progress.onDelivered(next, `r${next - 1}`);
    expect(progress.position).toEqual({ next: 5, record: undefined });
    progress.onDone(7);
    expect(progress.position).toEqual({ next: 7, record: 'r6' });
  });

  it('passes over what is never handed over once everything before it is done', () => {
    const progress = new LaneProgress(0);
    progress.onDelivered(1, 'r0');
    progress.onPassed(2, 'card');
    expect(progress.position.next).toBe(0);
    progress.onDone(1);
    expect(progress.position).toEqual({ next: 2, record: 'card' });
  });

  it('does not follow an acknowledgement of what was never handed over, nor one that comes late', () => {
    const progress = new LaneProgress(3, 'r2');
    progress.onDone(9);
    expect(progress.position).toEqual({ next: 3, record: 'r2' });
    progress.onDelivered(4, 'r3');
    progress.onDone(9);
    progress.onDone(2);
    expect(progress.position).toEqual({ next: 3, record: 'r2' });
  });
});
