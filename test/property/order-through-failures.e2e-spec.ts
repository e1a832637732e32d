import * as fc from 'fast-check';

import { life } from './steps.js';
import { startWorld } from './world.js';
import type { Life, World } from './world.js';

jest.setTimeout(180_000);

const KEYS = 5;
const RUNS = Number(process.env['PROPERTY_RUNS'] ?? 10);
const SEED = Number(process.env['PROPERTY_SEED'] ?? Date.now() % 2 ** 31);

/** Per key: what was published, in order, without what an operator has given up. */
async function expected({ records, held }: Life): Promise<Map<string, string[]>> {
  const discarded = new Set((await held()).filter(({ state }) => state === 'discarded').map(({ text }) => text));
  const sequences = new Map<string, string[]>();
  for (const { key, text } of records) {
    if (!discarded.has(text)) sequences.set(key, [...(sequences.get(key) ?? []), text]);
  }
  return sequences;
}

async function handled({ records, effects }: Life): Promise<Map<string, string[]>> {
  const all = await effects();
  const keys = new Set(records.map(({ key }) => key));
  return new Map([...keys].map((key) => [key, all.filter((text) => text.startsWith(`${key}#`))]));
}

/** At rest, dead letters left alone: a key stands still at its first dead letter, all of the rest waits behind it. */
async function expectStandstill(it: Life): Promise<void> {
  const rows = await it.held();
  const [sequences, effects] = [await expected(it), await handled(it)];
  for (const [key, sequence] of sequences) {
    const waiting = rows.filter(({ text, state }) => text.startsWith(`${key}#`) && /dead|parked/.test(state));
    expect([...(effects.get(key) ?? []), ...waiting.map(({ text }) => text)]).toEqual(sequence);
    expect(waiting.slice(1).map(({ state }) => state)).toEqual(waiting.slice(1).map(() => 'parked'));
  }
}

/** After replays until nothing is dead: all of it, in order, each once. */
async function expectEnd(it: Life): Promise<void> {
  const [sequences, effects] = [await expected(it), await handled(it)];
  for (const [key, sequence] of sequences) expect([key, effects.get(key)]).toEqual([key, sequence]);
  const open = (await it.held()).filter(({ state }) => !/handled|discarded/.test(state));
  expect(open).toEqual([]);
}

describe('order through failures, as a property', () => {
  let world: World;

  beforeAll(async () => {
    world = await startWorld();
  });
  afterAll(() => world.stop());

  it('F13 F16 F34 whatever fails, dies, is parked, replayed, edited or discarded: each key in order, each message once in effect, none lost', async () => {
    process.stderr.write(`property: PROPERTY_SEED=${SEED} PROPERTY_RUNS=${RUNS}\n`);
    let [lives, messages] = [0, 0];
    await fc.assert(
      fc.asyncProperty(life(KEYS), async (steps) => {
        const it = world.begin();
        for (const step of steps) await it.take(step);
        await it.atRest();
        await expectStandstill(it);
        while ((await it.held()).some(({ state }) => state === 'dead')) {
          await it.replay(100);
          await it.atRest();
        }
        await expectEnd(it);
        lives += 1;
        messages += it.records.length;
      }),
      {
        numRuns: RUNS,
        seed: SEED,
        interruptAfterTimeLimit: 120_000,
        markInterruptAsFailure: false,
        endOnFailure: true,
      },
    );
    process.stderr.write(`property: ${lives} lives, ${messages} messages\n`);
    expect(lives).toBeGreaterThanOrEqual(Math.min(RUNS, 3)); // on a slow machine the time limit ends it early
  });
});
