import type { HeldMessage, HeldRunResult } from '../../../ports.js';
import { eventually } from '../../../testing/eventually.js';
import { SharedCrashMarkers } from '../../../testing/in-memory-crash-markers.js';
import type { InMemoryCrashMarkers } from '../../../testing/in-memory-crash-markers.js';
import { runCountingDeaths } from './run-counting-deaths.js';
import { Solo } from './solo.js';

const held = (id: string): HeldMessage => ({
  group: 'g',
  identity: { source: '/test', id },
  record: { topic: 't', partition: 0, position: '1', key: null, value: null, headers: {}, timestampMs: 0 },
  handler: 'Notes.take',
  type: 'note.taken.v1',
});

const RUN = { attempt: 4 };

describe('a held message that kills its process', () => {
  let shared: SharedCrashMarkers;
  let solo: Solo;
  let running: string[];
  /** Ids of messages whose run ends when it is let go. */
  let gates: Map<string, () => void>;

  beforeEach(() => {
    shared = new SharedCrashMarkers();
    solo = new Solo();
    running = [];
    gates = new Map();
  });

  const runner = (markers: InMemoryCrashMarkers, among: Solo) => ({
    run: (message: HeldMessage, run: typeof RUN): Promise<HeldRunResult> => {
      const { id } = message.identity;
      const next = async (): Promise<HeldRunResult> => {
        running.push(id);
        await new Promise<void>((resolve) => gates.set(id, resolve));
        return { kind: 'handled' };
      };
      return runCountingDeaths({ held: message, run }, next, { markers, solo: among, crashAttempts: 3 });
    },
  });

  async function process() {
    const markers = shared.process();
    await markers.open();
    return { markers, counted: runner(markers, solo) };
  }

  /** A process that dies while it runs the message, as far as others can see. */
  async function dieOf(id: string): Promise<void> {
    const victim = await process();
    const before = running.length;
    void runner(victim.markers, new Solo()).run(held(id), RUN);
    await eventually(() => running.length > before);
    victim.markers.die();
    await (await process()).markers.look();
  }

  it('F18: is run alone after the first death, and dead-lettered unhandled after three deaths alone', async () => {
    for (let death = 0; death < 4; death += 1) await dieOf('a');
    const { counted } = await process();
    const result = await counted.run(held('a'), RUN);
    expect(running).toHaveLength(4);
    expect(result).toMatchObject({
      kind: 'failed',
      attempts: 6,
      error: { code: 'PROCESS_CRASHED', deaths: 3 },
      decision: { kind: 'dead-letter', reason: 'PROCESS_CRASHED' },
    });
    expect(shared.markers.size).toBe(0);
  });

  it('F18: a suspect waits for what is in hand, and everything else for the suspect', async () => {
    await dieOf('suspect');
    running.length = 0;
    let lanesAreIdle = false;
    solo.attach({ isIdle: () => lanesAreIdle, wake: () => {} });
    const { counted } = await process();
    const results = [counted.run(held('first'), RUN)];
    await eventually(() => running.includes('first'));
    results.push(counted.run(held('suspect'), RUN));
    await eventually(() => !solo.lanesMayTake(true));
    results.push(counted.run(held('last'), RUN));
    gates.get('first')?.();
    await results[0];
    expect(running).toEqual(['first']);
    lanesAreIdle = true;
    solo.changed();
    await eventually(() => running.includes('suspect'));
    expect(running).toEqual(['first', 'suspect']);
    gates.get('suspect')?.();
    await eventually(() => running.includes('last'));
    expect(solo.lanesMayTake(false)).toBe(true);
    gates.get('last')?.();
    expect(await Promise.all(results)).toEqual(Array.from({ length: 3 }, () => ({ kind: 'handled' })));
    expect(shared.markers.size).toBe(0);
  });

  it('F18: counts no attempt when the marker can not be written', async () => {
    const { markers, counted } = await process();
    const error = new Error('the database is down');
    markers.mark = async () => {
      throw error;
    };
    expect(await counted.run(held('a'), RUN)).toEqual({ kind: 'interrupted', error });
    expect(running).toEqual([]);
  });

  it('gives up its turn where something else is to be handled alone for too long, and takes the next one', async () => {
    solo = new Solo(20);
    solo.lanesHaveSuspects(true);
    const { counted } = await process();
    expect(await counted.run(held('a'), RUN)).toMatchObject({ kind: 'interrupted' });
    solo.lanesHaveSuspects(false);
    expect([running, solo.lanesAreAlone]).toEqual([[], true]);
    const result = counted.run(held('a'), RUN);
    await eventually(() => running.includes('a'));
    gates.get('a')?.();
    expect(await result).toEqual({ kind: 'handled' });
  });

  it('as a suspect gives up its turn where the lanes do not come to rest, and lets them continue', async () => {
    await dieOf('suspect');
    running.length = 0;
    solo = new Solo(20);
    solo.attach({ isIdle: () => false, wake: () => {} });
    const { counted } = await process();
    expect(await counted.run(held('suspect'), RUN)).toMatchObject({ kind: 'interrupted' });
    expect([running, solo.lanesMayTake(false)]).toEqual([[], true]);
  });
});
