import type { Broker, LaneLag, Subscription, SubscriptionListener } from '../broker.js';
import { eventually } from '../testing/eventually.js';
import { InMemoryLaneLedger } from '../testing/in-memory-lane-ledger.js';
import { lossOf } from './lane-ledger.js';
import { LaneWatch } from './lane-watch.js';

const lane: LaneLag = {
  topic: 't',
  partition: 0,
  messages: 0,
  ageMs: 0,
  first: '0',
  next: undefined,
  owner: undefined,
  end: '0',
};
const subscription: Subscription = {
  pause: () => {},
  resume: () => {},
  skip: () => {},
  acknowledge: async () => {},
  close: async () => {},
};
const listener: SubscriptionListener = { onRecords: () => {}, onAssigned: () => {}, onHealth: () => {} };

/** What the broker says, and how the consumer hears of it. */
interface Wire {
  lanes: readonly LaneLag[];
  listener: SubscriptionListener;
}

let ledger: InMemoryLaneLedger;
let wire: Wire;
let watch: LaneWatch;
let start: () => Promise<void>;
let close: () => Promise<void>;

beforeEach(async () => {
  ledger = new InMemoryLaneLedger('own');
  wire = { lanes: [lane], listener };
  const broker = {
    createLagReader: () => ({ read: async () => wire.lanes, close: async () => {} }),
    subscribe: async (_: unknown, given: SubscriptionListener) => {
      wire.listener = given;
      return subscription;
    },
  } as Partial<Broker> as Broker;
  start = async () => {
    watch = new LaneWatch(broker, 'g', ledger, 60_000);
    ({ close } = await watch.subscribe({ group: 'g', topics: ['t'] }, listener));
  };
  await start();
});

afterEach(() => close());

/** Looks again. */
const look = () => wire.listener.onHealth(false, new Error('a test'));

it('F70: reports a topic that its consumer finds gone, whoever makes it again before the next look', async () => {
  wire.lanes = [];
  look();
  await eventually(async () => (await ledger.open()).length > 0);
  wire.lanes = [lane];
  expect(await ledger.open()).toMatchObject([{ kind: 'topic-lost', topic: 't' }]);
});

describe('F70, F71: positions follow the log of a topic that was made again, although it has outgrown the old one', () => {
  const fresh = { ...lane, next: '5', owner: 'own', end: '100' };
  const marked = async () => (await ledger.marks())[0]?.next;

  beforeEach(() => ledger.mark('g', [{ ...lane, next: '78', confirmed: '78' }]));

  it('where it was made again by this process', async () => {
    wire.lanes = [fresh];
    watch.report(lossOf('t'));
    await eventually(async () => (await marked()) === '5');
    await eventually(() => watch.issues().length > 0);
    expect(watch.issues()).toMatchObject([{ kind: 'topic-lost' }]);
  });

  it('where this process saw it gone, and another one made it again', async () => {
    wire.lanes = [];
    look();
    await eventually(async () => (await ledger.open()).length > 0);
    wire.lanes = [fresh];
    look();
    await eventually(async () => (await marked()) === '5');
    expect(await ledger.open()).toMatchObject([{ kind: 'topic-lost' }]);
  });
});

describe('a position that is older than one that the broker had taken', () => {
  const older = { ...lane, next: '70', owner: 'own', end: '100' };

  beforeEach(() => ledger.mark('g', [{ ...lane, next: '78', confirmed: '78' }]));

  /** Looks, and waits for the end of it: then it asks for what is open. */
  async function lookAt(next: string): Promise<void> {
    const open = jest.spyOn(ledger, 'open');
    wire.lanes = [{ ...older, next }];
    look();
    await eventually(() => open.mock.calls.length > 0);
    open.mockRestore();
  }

  const passed = (ms: number) => {
    const now = performance.now() + ms;
    jest.spyOn(performance, 'now').mockImplementation(() => now);
  };

  afterEach(() => jest.restoreAllMocks());

  it('is reported once it has been so for some seconds, however often it is looked at meanwhile', async () => {
    await lookAt('70');
    await lookAt('70');
    await lookAt('70');
    expect(await ledger.open()).toEqual([]);
    passed(5_000);
    await lookAt('70');
    expect(await ledger.open()).toMatchObject([{ kind: 'rewound', first: '70', next: '78' }]);
  });

  it('is not reported where a coordinator that has just moved tells it for a moment (F89)', async () => {
    await lookAt('70');
    await lookAt('78');
    passed(5_000);
    await lookAt('70');
    expect(await ledger.open()).toEqual([]);
  });
});

describe('a log that an adapter finds replaced, although it reaches beyond the position', () => {
  beforeEach(() => ledger.mark('g', [{ ...lane, next: '78', confirmed: '78' }]));

  const found = (log?: 'replaced') => {
    wire.lanes = [{ ...lane, next: '78', owner: 'own', end: '100' }];
    wire.listener.onPositionLost?.({ ...lane, next: '78' }, log);
  };

  it('is reported', async () => {
    found('replaced');
    await eventually(() => watch.issues().length > 0);
    expect(watch.issues()).toMatchObject([{ kind: 'replaced', topic: 't', partition: 0, first: '0', next: '78' }]);
  });

  it('is not reported once more where the topic was found gone', async () => {
    watch.report(lossOf('t'));
    found('replaced');
    await eventually(() => watch.issues().length > 0);
    expect(await ledger.open()).toMatchObject([{ kind: 'topic-lost' }]);
  });

  it('is not reported where a record in the middle of it is gone', async () => {
    found();
    watch.report({ ...lane, kind: 'unreadable', first: '80', next: '81', reason: 'a test' });
    await eventually(() => watch.issues().length > 0);
    expect(await ledger.open()).toMatchObject([{ kind: 'unreadable' }]);
  });
});

describe('F71: an older copy of the database', () => {
  const restored = async (...lanes: readonly LaneLag[]) => {
    await close();
    await ledger.mark('g', [{ ...lane, next: '2' }]);
    wire.lanes = lanes;
    await start();
  };

  it('reads again until its mark is where the position was, and has then read again until that is settled', async () => {
    expect(watch.restoration().state).toBe('none');
    await restored({ ...lane, next: '5', owner: 'own', end: '9' });
    expect(watch.restoration()).toEqual({ state: 'reading-again', foundAt: watch.issues()[0]?.foundAt });
    await ledger.mark('g', [{ ...lane, next: '4' }]);
    wire.lanes = [{ ...lane, next: '4', owner: 'own', end: '9' }];
    await close();
    await start(); // another replica, in the middle
    expect(watch.restoration().state).toBe('reading-again');
    await ledger.mark('g', [{ ...lane, next: '5' }]);
    look();
    await eventually(() => watch.restoration().state === 'read-again');
    for (const { id } of watch.issues()) await ledger.settle(undefined, 'g', id, { who: 'ada', why: 'a test' });
    look();
    await eventually(() => watch.restoration().state === 'none');
  });

  it('reads nothing again where the broker has nothing any more', async () => {
    await restored({ ...lane, first: '5', next: '5', owner: 'own', end: '5' });
    expect(watch.restoration().state).toBe('read-again');
  });
});

it('F71: does not learn the position of a lane that an older copy of the database reads again', async () => {
  await close();
  wire.lanes = [
    { ...lane, next: '5', owner: 'own', end: '5' },
    { ...lane, partition: 1, next: '0', owner: 'own' },
  ];
  await start();
  wire.lanes = wire.lanes.map((each) => ({ ...each, next: '7' }));
  look();
  await eventually(async () => (await ledger.marks()).length > 0);
  expect(await ledger.marks()).toEqual([{ topic: 't', partition: 1, next: '7' }]);
});
