import type { LaneLag } from '../broker.js';
import { comparePositions } from './compare-positions.js';

const lane = (first: number, next: number | undefined, end: number): LaneLag => ({
  topic: 't',
  partition: 3,
  messages: 0,
  ageMs: 0,
  first: String(first),
  next: next?.toString(),
  owner: undefined,
  end: String(end),
});
const mark = (next: number, confirmed?: number) => ({
  topic: 't',
  partition: 3,
  next: String(next),
  confirmed: confirmed?.toString(),
});

describe('what the broker says of a lane, against what the database has handled (F71)', () => {
  it.each([
    ['both agree', mark(50, 50), lane(0, 50, 80)],
    ['the broker has not taken the latest position', mark(50, 40), lane(0, 40, 80)],
    ['nothing was ever confirmed', mark(50), lane(0, undefined, 80)],
    ['all that was deleted had been handled', mark(50, 50), lane(50, 50, 80)],
  ])('nothing is wrong where %s', (_, ours, theirs) => {
    expect([comparePositions(ours, theirs, 'at-start'), comparePositions(ours, theirs, 'running')]).toEqual([
      undefined,
      undefined,
    ]);
  });

  it.each([
    ['lost: deleted before it was handled', mark(50, 50), lane(70, 50, 80), 'lost', '50', '70'],
    ['skipped: the position was set beyond', mark(50, 50), lane(0, 60, 80), 'skipped', '50', '60'],
    ['rewound: the broker has forgotten the position', mark(50, 45), lane(10, undefined, 80), 'rewound', '10', '45'],
    ['rewound: the position was set back', mark(50, 45), lane(0, 20, 80), 'rewound', '20', '45'],
    ['replaced: the log ends before it', mark(50, 45), lane(0, undefined, 7), 'replaced', '7', '50'],
  ])('%s', (_, ours, theirs, kind, first, next) => {
    expect(comparePositions(ours, theirs, 'at-start')).toMatchObject({ kind, topic: 't', partition: 3, first, next });
  });

  it('counts nothing as lost while it runs: what was fetched before may still be handled', () => {
    expect(comparePositions(mark(50), lane(70, 50, 80), 'running')).toBeUndefined();
  });
});
