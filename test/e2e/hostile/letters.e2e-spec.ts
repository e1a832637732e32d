import type { OrderBody, ProblemBody } from '../../system/api.js';
import { call } from '../../system/api.js';
import { allOrders, expectBalanced, stockTake } from '../../system/ledger.js';
import { RunningSystem } from '../../system/running-system.js';
import { queryService } from '../../system/service-database.js';
import { until } from '../../system/until.js';

interface LetterBody {
  readonly id: string;
  readonly state: string;
  readonly reason: string | null;
  readonly supersededBy: string | null;
}

describe('dead letters of a running system', () => {
  let system: RunningSystem;
  let initial: ReadonlyMap<string, number>;

  beforeAll(async () => {
    // An order that waits for its payment must not be given up meanwhile: each case ends it by itself.
    system = await RunningSystem.start({ SAGA_STEP_DEADLINE_MS: '900000' });
    initial = await stockTake(system);
  }, 120_000);

  afterAll(() => system?.stop(), 60_000);

  // An attempt at the test that failed has left an order that was charged and doesn't end by itself: the ledger tells.
  beforeEach(async () => {
    const left = (await allOrders(system)).filter(({ status }) => status === 'PLACED');
    await Promise.all(
      left.map(({ id }) => system.post(`/orders/${id}/cancel`, { reason: 'left by an earlier attempt' })),
    );
    await Promise.all(left.map(({ id }) => system.ended(id)));
  }, 90_000);

  const payment = <Body>(path: string, body?: unknown) =>
    call<Body>(`${system.services.payment.url}/admin/${path}`, body === undefined ? {} : { method: 'POST', body });
  const letterOf = async (key: string): Promise<LetterBody | undefined> => {
    const { body } = await payment<{ items: readonly LetterBody[] }>(`dead-letters?state=any&key=${key}`);
    return body.items.find(({ id }) => id !== undefined);
  };

  it('F66 a cancelled order whose payment command lies dead ends CANCELLED by itself; the letter can not be replayed', async () => {
    const { body: placed } = await system.place({ paymentMethod: 'pm_card_timeout_after_always' });
    await until(async () => (await letterOf(placed.id))?.state === 'retrying', { what: 'the payment to be put aside' });
    // The delays between its attempts are the policy's; how many of them are left isn't the point.
    // Not from under an attempt: its outcome would count as recorded by somebody else, and nobody would look again until its claim is over.
    const isDead = async (): Promise<boolean> => {
      const skipped =
        'UPDATE held_message SET attempts = 7, next_attempt_at = now() WHERE attempts < 7 AND claimed_until IS NULL';
      await queryService(system, 'payment', skipped);
      return (await letterOf(placed.id))?.state === 'dead';
    };
    await until(isDead, { what: 'the payment to be a dead letter' });
    expect(await letterOf(placed.id)).toMatchObject({ reason: 'RETRIES_EXHAUSTED' });

    const cancelled = await system.post<OrderBody>(`/orders/${placed.id}/cancel`, { reason: 'changed my mind' });
    expect(cancelled.status).toBe(202);
    expect(await system.ended(placed.id)).toMatchObject({ status: 'CANCELLED', failure: { code: 'CANCELLED' } });
    expect((await system.saga(placed.id)).status).toBe('COMPENSATED');
    expect(await system.payments(placed.id)).toMatchObject([{ status: 'REFUNDED' }]); // it had been charged

    const letter = await letterOf(placed.id);
    expect(letter).toMatchObject({ state: 'superseded' });
    const ids = [letter?.id];
    const replay = { filter: { ids }, limit: 1, who: 'ada', why: 'the gateway is back' };
    expect(await payment<ProblemBody>('dead-letters/replay', replay)).toMatchObject({
      status: 409,
      body: { code: 'LETTER_SUPERSEDED', detail: expect.stringContaining('has undone') },
    });
    const parked = await payment<{ items: readonly { readonly key: string }[] }>('parked-keys');
    expect(parked.body.items.filter(({ key }) => key === placed.id)).toEqual([]);
    await expectBalanced(system, initial);
  }, 120_000);
});
