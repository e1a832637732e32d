import { expectBalanced, stockTake } from '../../system/ledger.js';
import { RunningSystem } from '../../system/running-system.js';
import { testedBroker } from '../../system/tested-broker.js';
import { until } from '../../system/until.js';

const POISON = 30;
const GOOD = 10;
/** How long a step of a good order may take by itself: other brokers are tried all specs at once, on an emulator that gives out one record at a time. */
const DEADLINE_MS = testedBroker() === 'kafka' ? 20_000 : 90_000;

describe('F62: orders whose payment times out each time', () => {
  let system: RunningSystem;
  let initial: ReadonlyMap<string, number>;

  beforeAll(async () => {
    system = await RunningSystem.start({ SAGA_STEP_DEADLINE_MS: String(DEADLINE_MS) });
    initial = await stockTake(system);
  }, 120_000);

  afterAll(() => system?.stop(), 60_000);

  async function place(count: number, paymentMethod: string): Promise<readonly string[]> {
    const answers = await Promise.all(Array.from({ length: count }, () => system.place({ paymentMethod })));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 201));
    return answers.map(({ body }) => body.id);
  }

  it('hold up nobody: good orders end, and they themselves are undone, refunds included', async () => {
    const poison = await place(POISON, 'pm_card_timeout_after_always');
    const good = await place(GOOD, 'pm_card_ok');
    const ended = await Promise.all(good.map((id) => system.ended(id, 60_000 + DEADLINE_MS)));
    expect(ended.map(({ status }) => status)).toEqual(good.map(() => 'FULFILLED'));

    const rejected = await Promise.all(poison.map((id) => system.ended(id, 100_000 + DEADLINE_MS)));
    expect(rejected.map(({ status }) => status)).toEqual(poison.map(() => 'REJECTED'));
    await until(
      async () =>
        (await Promise.all(poison.map((id) => system.saga(id)))).every(({ status }) => status === 'COMPENSATED'),
      { timeoutMs: 60_000, what: 'every saga to be compensated' },
    );
    await expectBalanced(system, initial);
  }, 480_000);
});
