import { EngineSetup } from '../testing/engine-setup.js';
import { eventually } from '../testing/eventually.js';

const circuitBreaker = { keys: 10, failures: 5, failureRate: 0.5, windowMs: 60_000, coolDownMs: 30, maxCoolDownMs: 60 };

describe('a handler whose dependency is down', () => {
  let setup: EngineSetup;
  let isDown: boolean;
  let calls: number;

  beforeEach(() => {
    setup = new EngineSetup();
    isDown = true;
    calls = 0;
  });
  afterEach(async () => setup.stop());

  async function start(retry = {}) {
    return setup.start(
      'outside-call',
      (messages) =>
        setup.plan(messages, async ({ data }) => {
          calls += 1;
          if (isDown || data.text === 'poison') throw new Error('the gateway is down');
          return 'called';
        }),
      { circuitBreaker, retry },
    );
  }

  const texts = (count: number) =>
    Array.from({ length: count }, (_, index) => [`k${index % 100}`, `-${index}`] as const);

  it('lets its messages wait, says so, probes, and goes on in their order: nothing is dead-lettered', async () => {
    await setup.publish(...texts(300));
    const engine = await start({ delayedAttempts: 0 });
    await eventually(() => engine.health().detail.includes('Notes.take'));
    expect(engine.health().healthy).toBe(true);
    const callsAtOpening = calls;
    await eventually(() => calls >= callsAtOpening + 5); // an outage of at least five probes, one after the other
    expect(calls).toBeLessThanOrEqual(100 + 6);
    isDown = false;
    await setup.acknowledged(300);
    expect(engine.health()).toEqual({ healthy: true, detail: 'consuming' });
    expect(setup.failures.failed.filter(({ decision }) => decision.kind === 'dead-letter')).toEqual([]);
    const { failed, parked } = setup.failures;
    expect(setup.handled.length + failed.length + parked.length).toBe(300);
    expect(failed.length).toBeLessThanOrEqual(2); // probes that used up their attempts in the lane wait in the store
    for (let key = 0; key < 100; key += 1) {
      const own = setup.handled.filter((entry) => entry.startsWith(`k${key}-`)).map((entry) => entry.split('-')[1]);
      expect(own).toEqual(own.toSorted((one, two) => Number(one) - Number(two)));
    }
  });

  it('is not kept shut by a poison message that happens to be the probe', async () => {
    await setup.publish(...texts(20));
    const engine = await start({ delayedAttempts: 0 });
    await eventually(() => engine.health().detail.includes('Notes.take'));
    await setup.publish(...Array.from({ length: 20 }, (_, index) => [`k${index}`, 'poison'] as const), ['z', 'good']);
    isDown = false;
    await setup.acknowledged(41);
    expect(setup.handled).toContain('zgood');
  });

  it('F15: one poison message neither opens it nor holds up the others', async () => {
    isDown = false;
    await setup.publish(['bad', 'poison'], ...texts(100));
    const engine = await start({ delayedAttempts: 0 });
    await setup.acknowledged(101);
    expect(setup.handled).toHaveLength(100);
    expect(setup.failures.failed).toMatchObject([{ attempts: 3, decision: { kind: 'dead-letter' } }]);
    expect(engine.health().detail).toBe('consuming');
  });
});
