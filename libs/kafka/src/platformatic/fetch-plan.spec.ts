import { FetchPlan } from './fetch-plan.js';

const [NODE, OTHER] = [1, 2];
const partition = (number: number) => ({ topic: 'notes', partition: number });

/** Three partitions, the last of them led by another broker. */
function plan(): FetchPlan {
  const made = new FetchPlan([0, 1, 2].map(partition));
  const broker = (port: number) => ({ host: 'kafka', port, rack: null });
  const details = { leaderEpoch: 0, replicas: [], isr: [], offlineReplicas: [] };
  made.follow({
    id: 'test',
    controllerId: NODE,
    lastUpdate: 0,
    brokers: new Map([
      [NODE, broker(9092)],
      [OTHER, broker(9093)],
    ]),
    topics: new Map([
      [
        'notes',
        {
          id: 'an id',
          partitionsCount: 3,
          lastUpdate: 0,
          partitions: [NODE, NODE, OTHER].map((leader) => ({ leader, ...details })),
        },
      ],
    ]),
  });
  for (const lane of made.lanes) lane.position = 5n;
  return made;
}

const active = (made: FetchPlan, node: number) => made.active(node).map((lane) => lane.partition);

describe('the plan of a fetch', () => {
  it('asks each broker for what it leads, and lets another partition come first each time', () => {
    const made = plan();
    expect([active(made, NODE), active(made, NODE), active(made, NODE)]).toEqual([
      [1, 0],
      [0, 1],
      [1, 0],
    ]);
    expect(active(made, OTHER)).toEqual([2]);
  });

  it('leaves out what is paused or blocked, until it is resumed or sought', async () => {
    const made = plan();
    made.pause(partition(0));
    const [, blocked] = made.lanes;
    if (blocked) blocked.isBlocked = true;
    expect(active(made, NODE)).toEqual([]);
    const woken = made.woken();
    made.resume(partition(0));
    await woken;
    expect(active(made, NODE)).toEqual([0]);
    made.resume(partition(1)); // still not readable
    expect(active(made, NODE)).toEqual([0]);
    made.seek(partition(1), 9n);
    expect(active(made, NODE).toSorted((a, b) => a - b)).toEqual([0, 1]);
  });

  it('names topics by what the version of the request wants', () => {
    const made = plan();
    const [byName] = made.request(made.active(OTHER), false);
    const [byId] = made.request(made.active(OTHER), true);
    expect([byName?.topicId, byId?.topicId]).toEqual(['notes', 'an id']);
    expect(byName?.partitions).toMatchObject([{ partition: 2, fetchOffset: 5n }]);
    expect(made.topicOf('an id')).toBe('notes');
  });
});
