import { EngineSetup } from '../../../testing/engine-setup.js';
import { eventually } from '../../../testing/eventually.js';
import { SharedCrashMarkers } from '../../../testing/in-memory-crash-markers.js';

const CRASH_ATTEMPTS = 3;

describe('a crash suspect whose dependency is down', () => {
  let setup: EngineSetup;
  let shared: SharedCrashMarkers;
  let isDown: boolean;
  beforeEach(() => {
    setup = new EngineSetup();
    shared = new SharedCrashMarkers();
    isDown = true;
  });
  afterEach(async () => setup.stop());

  /** Processes that died while they handled the message alone. */
  async function diedOf(id: string, deaths: number): Promise<void> {
    for (let death = 0; death < deaths; death += 1) {
      const victim = shared.process();
      await victim.open();
      await victim.mark('g', [{ source: '/test', id }], 'alone');
      victim.die();
      const witness = shared.process();
      await witness.open();
      await witness.look();
    }
  }

  async function start() {
    const markers = shared.process();
    await markers.open();
    const call = async (): Promise<string> => {
      if (isDown) throw new Error('the gateway is down');
      return 'called';
    };
    const options = { callLimit: true, retry: { immediateAttempts: 1, delayedAttempts: 0 } };
    const engine = await setup.start('outside-call', (messages) => setup.plan(messages, call), options, markers);
    return { markers, engine };
  }
  const others = (count: number, name: string) =>
    Array.from({ length: count }, (_, n) => [`${name}${n}`, 'x'] as const);
  const suspect = () => setup.failures.failed.find(({ identity }) => identity.id === 'suspect');

  it('F18: leaves its lane as all do, with no death or attempt counted, and keeps nobody waiting', async () => {
    await diedOf('suspect', CRASH_ATTEMPTS - 1);
    const { engine } = await start();
    await setup.publish(...others(10, 'before'));
    await setup.acknowledged(10);
    expect(engine.health().detail).toContain('Notes.take'); // known to be down

    await setup.publish(['s', 'x', 'suspect'], ['s', 'behind'], ...others(5, 'after'));
    await setup.acknowledged(17);
    expect(suspect()).toMatchObject({ attempts: 0, decision: { kind: 'postpone' } });
    expect(setup.failures.parked.map(({ record }) => String(record.value))).toEqual(['{"text":"behind"}']);
    expect(shared.markers.size).toBe(0); // it isn't in hand: a death now is nobody's fault
  });

  it('F18: is handled once what it calls is back, whatever processes died meanwhile', async () => {
    await diedOf('suspect', CRASH_ATTEMPTS - 1);
    let life = await start();
    await setup.publish(...others(10, 'before'));
    await setup.acknowledged(10);
    await setup.publish(['s', 'x', 'suspect']);
    await setup.acknowledged(11);
    const held = suspect();
    if (!held || !setup.held) throw new Error('It is not held');
    const attempt = () => setup.held?.run(held, { attempt: 1, claim: async () => true });
    for (let lives = 1; lives <= CRASH_ATTEMPTS; lives += 1) {
      expect(await attempt()).toMatchObject({ kind: 'interrupted' });
      life.markers.die();
      await life.engine.drain(10);
      life = await start();
      expect((await life.markers.look()).suspects).toEqual([]);
      await setup.publish(...others(10, `life ${lives} `)); // whose failures tell this process too that it is down
      await setup.acknowledged(11 + 10 * lives);
    }

    isDown = false;
    await eventually(async () => (await attempt())?.kind === 'handled', 20_000);
    expect(setup.handled).toEqual(['sx']);
  });
});
