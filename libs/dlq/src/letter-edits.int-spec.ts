import type { HeldMessage, MessageContract } from '@waybill/messaging';
import { InvalidMessageData } from '@waybill/messaging';

import { heldMessageOf } from './held-rows.js';
import { dead, failed, message, startService, until } from './testing/service.js';
import type { Service } from './testing/service.js';

const operator = { who: 'ada', why: 'the amount was missing' };
const contract: MessageContract<{ readonly amount: number }> = {
  kind: 'command',
  topic: 'payment.commands',
  name: 'payment.process',
  version: 2,
  type: 'payment.process.v2',
  upcasters: new Map(),
  personal: ['/card'],
  parse(data) {
    const { amount } = (data ?? {}) as { amount?: unknown }; // checked in the next line
    if (typeof amount === 'number') return { ...(data as object), amount };
    throw new InvalidMessageData('payment.process', [{ pointer: '/amount', message: 'must be number' }]);
  },
};
const TODAY = contract.type;
jest.setTimeout(60_000); // conditions are awaited; one that does not come true says so after 20 s
let service: Service;

beforeAll(async () => {
  service = await startService();
});
afterEach(() => service.reset());
afterAll(() => service.stop());

async function brokenLetter() {
  const replica = service.replica();
  const inspection = { handler: 'P.process', contract, upcasts: [], unreadable: 'INVALID_MESSAGE_DATA' };
  replica.runner.inspection = inspection;
  const broken = message('a1', 'a', '{"card":"4242"}');
  const headers = {
    ce_id: 'a1',
    ce_source: '/order',
    ce_type: 'payment.process.v1',
    ce_correlationid: 'c',
    ce_causationid: 'q',
    other: 'x',
    ce_dataref: 'urn:x',
  };
  await service.fail(replica.store, failed({ ...broken, record: { ...broken.record, headers } }, dead));
  await service.consume(replica.store, [message('a2', 'a')]);
  const [letter] = await service.rows();
  return { ...replica, id: letter?.seq ?? '' };
}

describe('edited letters on PostgreSQL', () => {
  it('are refused with a card number in a personal field, with the pointer (F81)', async () => {
    const { edits, id } = await brokenLetter();
    await expect(edits.edit(id, { amount: 5, card: '4111 1111 1111 1111' }, operator, TODAY)).rejects.toMatchObject({
      code: 'INVALID_PAYLOAD',
      faults: [{ pointer: '/card', message: 'must not hold a card number' }],
    });
    expect(await service.states()).toContain('a1 dead');
  });

  it('are new messages with the cause of the old ones, in their place of the sequence, with attempts of their own', async () => {
    const { edits, held, runner, inbox, id } = await brokenLetter();
    const seen: HeldMessage[] = [];
    runner.handle = (held) => void seen.push(held);
    const messageId = await edits.edit(id, { amount: 5 }, operator, TODAY);
    const [row] = await service.rows();
    expect(row).toMatchObject({
      seq: id,
      message_id: messageId,
      state: 'retrying',
      type: 'payment.process.v2',
      attempts: 0,
    });
    held.onApplicationBootstrap();
    await until('both have run', async () => (await service.effects()).length === 2);
    expect(await service.effects()).toEqual([messageId, 'a2']);
    expect(runner.attempts[0]).toEqual({ id: messageId, attempt: 1 });
    const texts = Object.fromEntries(
      Object.entries(seen[0]?.record.headers ?? {}).map(([name, value]) => [name, value.toString()]),
    );
    expect(texts).toMatchObject({
      ce_id: messageId,
      ce_causationid: 'q',
      ce_type: 'payment.process.v2',
      ce_source: '/order',
      ce_correlationid: 'c',
      other: 'x',
    });
    expect(texts).not.toHaveProperty('ce_dataref');
    expect(seen[0]).toMatchObject({ identity: { id: messageId }, replaces: 'a1' });
    expect(seen[0]?.record.value?.toString()).toBe('{"amount":5}');
    expect([inbox.outcomes.get('payment a1'), inbox.outcomes.get(`payment ${messageId}`)]).toEqual([
      'discarded',
      'handled',
    ]);
  });

  it('replace the message that was published, also where they replace an edited one', async () => {
    const { edits, held, runner, letters, id } = await brokenLetter();
    const seen: HeldMessage[] = [];
    runner.handle = (message) => {
      seen.push(message);
      if (seen.length === 1) throw new Error('still wrong');
    };
    const first = await edits.edit(id, { amount: 5 }, operator, TODAY);
    held.onApplicationBootstrap();
    await until('it is dead again', async () => (await service.states()).includes(`${first} dead`));
    const second = await edits.edit(id, { amount: 6 }, operator, TODAY);
    await until('it has run', async () => (await service.effects()).length === 2);
    expect(seen.slice(0, 2).map(({ identity, replaces }) => [identity.id, replaces])).toEqual([
      [first, 'a1'],
      [second, 'a1'],
    ]);
    expect((await letters.audit(id)).map(({ detail }) => detail)).toMatchObject([
      { oldMessageId: 'a1', newMessageId: first },
      { oldMessageId: first, newMessageId: second },
    ]);
  });

  it('leave the old payload in the audit, masked for those who read it', async () => {
    const { edits, letters, held, id } = await brokenLetter();
    const messageId = await edits.edit(id, { amount: 5 }, operator, TODAY);
    held.onApplicationBootstrap();
    await until('it has run', async () => (await service.effects()).length === 2);
    const detail = { oldMessageId: 'a1', newMessageId: messageId, oldPayload: { card: '***' }, outcome: 'replayed' };
    expect(await letters.audit(id)).toMatchObject([{ action: 'edit', ...operator, detail }]);
    const [kept] = await service.execute('old', 'SELECT old_value FROM dead_letter_action');
    expect(String(kept?.['old_value'])).toBe('{"card":"4242"}');
  });

  it('are refused, and change nothing, where the payload does not fit the contract, or nobody has one', async () => {
    const { edits, runner, id } = await brokenLetter();
    const faults = [{ pointer: '/amount', message: 'must be number' }];
    await expect(edits.edit(id, { amount: '5' }, operator, TODAY)).rejects.toMatchObject({
      code: 'INVALID_PAYLOAD',
      faults,
    });
    runner.inspection = { handler: undefined, contract: undefined, upcasts: [] };
    await expect(edits.edit(id, { amount: 5 }, operator, TODAY)).rejects.toMatchObject({
      code: 'LETTER_WITHOUT_CONTRACT',
    });
    await expect(edits.edit('999', {}, operator, TODAY)).rejects.toMatchObject({ code: 'LETTER_NOT_FOUND' });
    expect(await service.states()).toEqual(['a1 dead', 'a2 parked']);
    expect(await service.execute('audited', 'SELECT 1 FROM dead_letter_action')).toEqual([]);
  });

  it('F67 are refused where they name another key than the letter, with the pointer', async () => {
    const { edits, runner, id } = await brokenLetter();
    runner.inspection = { handler: 'P.process', contract: { ...contract, key: '/orderId' }, upcasts: [] };
    const faults = [{ pointer: '/orderId', message: "must be the letter's key" }];
    for (const orderId of ['b', undefined, 7, { a: 'a' }, ['a']]) {
      const refused = edits.edit(id, { amount: 5, orderId }, operator, TODAY);
      await expect(refused).rejects.toMatchObject({ code: 'INVALID_PAYLOAD', faults });
    }
    expect(await service.states()).toEqual(['a1 dead', 'a2 parked']);
    expect(await edits.edit(id, { amount: 5, orderId: 'a' }, operator, TODAY)).toEqual(expect.any(String));
  });

  it('F67 become a message of today only where that is said, and of no other version', async () => {
    const { edits, id } = await brokenLetter();
    for (const as of [undefined, 'payment.process.v1', 'payment.process.v3', '']) {
      const refused = edits.edit(id, { amount: 5 }, operator, as);
      await expect(refused).rejects.toMatchObject({ code: 'LETTER_VERSION_CHANGES', becomes: TODAY });
    }
    expect(await service.states()).toEqual(['a1 dead', 'a2 parked']);
    expect(await service.execute('audited', 'SELECT 1 FROM dead_letter_action')).toEqual([]);
  });

  it('F67 do not become another version where nobody here reads theirs', async () => {
    const { edits, runner, id } = await brokenLetter();
    runner.inspection = { handler: 'P.process', contract, upcasts: [], unreadable: 'UNKNOWN_VERSION' };
    await expect(edits.edit(id, { amount: 5 }, operator, TODAY)).rejects.toMatchObject({
      code: 'LETTER_VERSION_UNKNOWN',
    });
    expect(await service.states()).toEqual(['a1 dead', 'a2 parked']);
  });

  it('F79 F80 keep all values of a repeated header, and get a time where the letter has none that is one', async () => {
    const { store, edits, letters, runner } = service.replica();
    runner.inspection = { handler: 'P.process', contract, upcasts: [] };
    const odd = message('a1', 'a');
    const headers = { ce_time: 'yesterday', ce_source: '/order', twice: ['1', Buffer.from([0xff]), '1'] };
    await service.fail(store, failed({ ...odd, record: { ...odd.record, headers, timestampMs: 9.2e18 } }, dead));
    const [kept] = await service.rows();
    const id = kept?.seq ?? '';
    expect((await letters.list({}, { limit: 10 })).map((letter) => letter.id)).toEqual([id]);
    expect((await letters.find(id)).headers).toMatchObject({ ce_time: 'yesterday', twice: ['1', '\uFFFD', '1'] });
    await edits.edit(id, { amount: 5 }, operator, TODAY);
    const [row] = await service.rows();
    if (row === undefined) throw new Error('not kept');
    const edited = heldMessageOf(row).record.headers;
    expect(edited['twice']).toEqual(['1', Buffer.from([0xff]), '1'].map((value) => Buffer.from(value as string)));
    expect(String(edited['ce_time'])).toBe(row.held_at.toISOString());
  });

  it('F19 happen once, of two at once', async () => {
    const { edits, id } = await brokenLetter();
    const both = await Promise.allSettled([
      edits.edit(id, { amount: 5 }, operator, TODAY),
      edits.edit(id, { amount: 6 }, operator, TODAY),
    ]);
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(both.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'LETTER_NOT_DEAD' } });
  });

  it('an attempt at the old payload that outlived its claim has no effect on the new message', async () => {
    const { edits, held, runner, id } = await brokenLetter();
    let letGo = (): void => {};
    const busy = new Promise<void>((resolve) => (letGo = resolve));
    runner.run = ((run) => async (message, options) => {
      if (message.identity.id === 'a1') await busy;
      return run(message, options);
    })(runner.run.bind(runner));
    await service.execute(
      'due',
      `UPDATE held_message SET state = 'retrying', next_attempt_at = now() WHERE seq = ${id}`,
    );
    held.onApplicationBootstrap();
    const CLAIMED = 'SELECT 1 FROM held_message WHERE claimed_until > now()';
    await until('the old one is under way', async () => (await service.execute('claimed', CLAIMED)).length === 1);
    await service.execute('dead', `UPDATE held_message SET state = 'dead', claimed_until = NULL WHERE seq = ${id}`);
    const messageId = await edits.edit(id, { amount: 5 }, operator, TODAY);
    letGo();
    await until('both have run', async () => (await service.effects()).length === 2);
    expect(await service.effects()).toEqual([messageId, 'a2']);
    expect(heldMessageOf((await service.rows())[0] ?? Object.create(null)).record.value?.toString()).toBe(
      '{"amount":5}',
    );
  });

  it('F82: replace the message for the handler that the letter is for, and for no other', async () => {
    const { edits, held, store, runner, inbox } = service.replica();
    runner.inspection = { handler: 'P.index', contract, upcasts: [] };
    const broken = message('a1', 'a');
    const ofIndex = { ...broken, identity: { ...broken.identity, subscriber: 'index' } };
    await service.fail(store, failed(broken, dead), failed(ofIndex, dead));
    const letter = (await service.rows()).find(({ subscriber }) => subscriber === 'index');
    const id = await edits.edit(letter?.seq ?? '', { amount: 5 }, operator, TODAY);
    expect(Object.fromEntries(inbox.outcomes)).toEqual({
      [`payment ${id} index`]: 'retrying',
      'payment a1 index': 'discarded',
    });
    held.onApplicationBootstrap();
    await until('it has run', async () => (await service.states()).includes(`${id} handled`));
    expect(await service.states()).toEqual(['a1 dead', `${id} handled`]);
  });
});
