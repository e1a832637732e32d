import { describeIssue, lossOf } from '../lanes/lane-ledger.js';
import type { LaneIssue } from '../lanes/lane-ledger.js';
import { LaneMonitor } from './lane-monitor.js';

const lost: LaneIssue = { kind: 'lost', topic: 't', partition: 3, first: '5', next: '9', reason: 'a test' };
const gone = lossOf('t');

describe('an issue of a lane', () => {
  it('is told with its records, one of a whole topic without any (F70)', async () => {
    expect([lost, gone].map(describeIssue)).toEqual(['lost t/3 5 to 9', 'topic-lost t']);
  });

  it('is a sample with its records, one of a whole topic without any (F70)', async () => {
    const open = [lost, gone].map((issue, index) => ({ ...issue, id: String(index), foundAt: new Date(0) }));
    const samples = await new LaneMonitor({ group: 'g' }, { laneIssues: () => open }).read();
    expect(samples.map(({ labels }) => labels)).toEqual([
      { group: 'g', topic: 't', partition: '3', kind: 'lost', first: '5', next: '9' },
      { group: 'g', topic: 't', partition: '-1', kind: 'topic-lost', first: '', next: '' },
    ]);
  });
});
