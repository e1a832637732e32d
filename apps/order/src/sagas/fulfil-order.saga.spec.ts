import * as contracts from '@waybill/contracts';
import { decide, newSagaInstance } from '@waybill/saga';
import type { SagaDecision, SagaInput, SagaInstance } from '@waybill/saga';

import { fulfilOrder } from './fulfil-order.saga.js';
import type { FulfilOrder } from './fulfil-order.saga.js';

const orderId = '0197d6a4-5c1e-7b3a-9c55-0a1b2c3d4e5f';
const definition = fulfilOrder({ stepDeadlineMs: 60_000 });
const data: FulfilOrder = {
  orderId,
  customerId: 'cust-1',
  items: [{ sku: 'SKU-1', quantity: 2 }],
  total: { amount: 200, currency: 'EUR' },
  shippingAddress: { name: 'Ada', line1: '1 Street', city: 'Town', postalCode: '12345', country: 'DE' },
  paymentMethod: 'pm_card_ok',
};

type Input =
  | { readonly reply: string; readonly data?: object; readonly answers?: string }
  | { readonly cancel: string }
  | { readonly deadline: 'passed' };

const charged: Input = { reply: 'payment.charged', data: { amount: { amount: 200, currency: 'EUR' } } };
const declined: Input = { reply: 'payment.declined', data: { code: 'PAYMENT_DECLINED' } };
const refunded: Input = { reply: 'payment.refunded', data: { amount: { amount: 200, currency: 'EUR' } } };
const reserved: Input = { reply: 'inventory.reserved', data: { items: [{ sku: 'SKU-1', quantity: 2 }] } };
const soldOut: Input = { reply: 'inventory.rejected', data: { code: 'OUT_OF_STOCK' } };
const released: Input = { reply: 'inventory.released' };
const shipped: Input = { reply: 'shipment.created' };
const refused: Input = { reply: 'shipment.refused', data: { code: 'CARRIER_REFUSED' } };
const unshipped: Input = { reply: 'shipment.cancelled' };
const committed: Input = { reply: 'inventory.committed' };
const timeout: Input = { deadline: 'passed' };
const cancel: Input = { cancel: 'Changed my mind' };

/** Runs the saga and tells the commands that it sent, input by input. */
function run(...inputs: readonly Input[]) {
  const start = newSagaInstance(definition, { id: orderId, data, now: 0 });
  let now = 0;
  const decisions: SagaDecision<FulfilOrder>[] = [decide(definition, start, { kind: 'start', now, commandId: '0' })];
  let instance: SagaInstance<FulfilOrder> = decisions[0]?.instance ?? start;
  for (const [index, input] of inputs.entries()) {
    now = 'deadline' in input ? (instance.deadlineAt ?? now) : now + 1;
    const decision = decide(definition, instance, toInput(input, instance, { now, commandId: `${index + 1}` }));
    decisions.push(decision);
    ({ instance } = decision);
  }
  return {
    instance,
    commands: decisions.map(({ command }) => (command ? [command.contract.name] : [])),
    steps: instance.steps.map(({ status }) => status),
    transitions: decisions.flatMap(({ transitions }) => transitions.map(({ kind }) => kind)),
    last: decisions.at(-1),
  };
}

/** An answer is for the last command of what it answers, unless it says otherwise. */
function toInput(
  input: Input,
  { steps }: SagaInstance,
  given: { readonly now: number; readonly commandId: string },
): SagaInput {
  if ('cancel' in input) return { kind: 'cancel', ...given, reason: input.cancel };
  if ('deadline' in input) return { kind: 'deadline', ...given, published: true };
  const expected = definition.replies.get(input.reply);
  const asked = steps.find(({ name }) => name === expected?.step.name)?.asked ?? [];
  const answers = input.answers ?? asked.findLast(({ phase }) => phase === expected?.phase)?.commands.at(-1);
  const data = { orderId, message: 'why', ...input.data };
  return { kind: 'reply', ...given, contract: input.reply, data, answers };
}

describe('what a step awaits', () => {
  it.each(definition.steps)(
    '$name awaits what the contracts say answers its commands',
    ({ command, replies, compensation }) => {
      const namesOf = (awaited: typeof replies) => awaited.map(({ contract }) => contract.name);
      expect(command(data)?.contract.answeredBy).toEqual(namesOf(replies));
      expect(compensation?.command(data)?.contract.answeredBy).toEqual(compensation && namesOf(compensation.replies));
    },
  );
});

describe('saga fulfil-order', () => {
  it('charges, reserves, ships and confirms, one after another', () => {
    const { commands, instance, steps } = run(charged, reserved, shipped, committed);
    expect(commands).toEqual([
      ['payment.process'],
      ['inventory.reserve'],
      ['shipping.create-shipment'],
      ['inventory.commit'],
      [],
    ]);
    expect(instance).toMatchObject({ status: 'COMPLETED', deadlineAt: null });
    expect(steps).toEqual(['DONE', 'DONE', 'DONE', 'DONE']);
  });

  it.each([[[charged, reserved, shipped]], [[charged, reserved, refused, released]]])(
    'sends commands that fit their contracts',
    (inputs) => {
      const sent = inputs.map((_, count) => run(...inputs.slice(0, count)).last?.command);
      const parsed = sent.map((command) => command?.contract.parse(command.data));
      expect(parsed).toEqual(inputs.map(() => expect.objectContaining({ orderId })));
    },
  );

  it('passes the pivot with the answer that the shipment was created', () => {
    expect(run(charged, reserved).transitions).not.toContain('pivot-passed');
    expect(run(charged, reserved, shipped).transitions).toContain('pivot-passed');
  });

  it.each([
    ['declined: nothing to undo', [declined], ['PAYMENT_DECLINED', 'process-payment'], [[]]],
    ['sold out: refund', [charged, soldOut, refunded], ['OUT_OF_STOCK', 'reserve-inventory'], [['payment.refund'], []]],
    [
      'carrier refuses: release, then refund',
      [charged, reserved, refused, released, refunded],
      ['CARRIER_REFUSED', 'create-shipment'],
      [['inventory.release'], ['payment.refund'], []],
    ],
    [
      'payment times out: the charge may have happened, so it is refunded (F23)',
      [timeout, refunded],
      ['STEP_TIMED_OUT', 'process-payment'],
      [['payment.refund'], []],
    ],
    [
      'reservation times out: release, then refund',
      [charged, timeout, released, refunded],
      ['STEP_TIMED_OUT', 'reserve-inventory'],
      [['inventory.release'], ['payment.refund'], []],
    ],
    [
      'shipment times out: cancel, release, refund',
      [charged, reserved, timeout, unshipped, released, refunded],
      ['STEP_TIMED_OUT', 'create-shipment'],
      [['shipping.cancel-shipment'], ['inventory.release'], ['payment.refund'], []],
    ],
    [
      'cancelled before the charge is answered: refund',
      [cancel, refunded],
      ['CANCELLED', 'process-payment'],
      [['payment.refund'], []],
    ],
    [
      'cancelled while the shipment is being booked: cancel, release, refund',
      [charged, reserved, cancel, unshipped, released, refunded],
      ['CANCELLED', 'create-shipment'],
      [['shipping.cancel-shipment'], ['inventory.release'], ['payment.refund'], []],
    ],
  ] as const)('undoes in reverse order: %s', (_case, inputs, [code, step], commands) => {
    const { instance, commands: sent } = run(...inputs);
    expect(sent.slice(-commands.length)).toEqual(commands);
    expect(instance).toMatchObject({ status: 'COMPENSATED', failure: { code, step }, deadlineAt: null });
  });

  it.each([
    ['charged after the timeout', [timeout, refunded, charged], 'payment.refund'],
    ['charged after the cancellation', [cancel, refunded, charged], 'payment.refund'],
    ['reserved after the timeout', [charged, timeout, released, refunded, reserved], 'inventory.release'],
    [
      'shipped after it was cancelled',
      [charged, reserved, cancel, unshipped, released, refunded, shipped],
      'shipping.cancel-shipment',
    ],
  ] as const)('undoes a late success: %s (F24)', (_case, inputs, command) => {
    const { commands, instance } = run(...inputs);
    expect(commands.at(-1)).toEqual([command]);
    expect(instance.status).toBe('COMPENSATING');
  });

  it('refuses a cancellation from the pivot on', () => {
    expect(run(charged, reserved, shipped, cancel).last?.verdict).toBe('refused');
    expect(run(charged, reserved, shipped, committed, cancel).last?.verdict).toBe('refused');
  });

  it('sends the commit of the reservation again until it is answered', () => {
    const { commands, instance } = run(charged, reserved, shipped, timeout, timeout);
    expect(commands.slice(-2)).toEqual([['inventory.commit'], ['inventory.commit']]);
    expect(instance).toMatchObject({ status: 'RUNNING', step: 'confirm' });
  });

  it('waits for a person when a refund is refused for good (F22)', () => {
    const refusals = Array.from(
      { length: 5 },
      () => [{ reply: 'payment.refund-failed', data: { code: 'NO' } }, timeout] as const,
    );
    const { instance, steps } = run(charged, soldOut, ...refusals.flat());
    expect(instance.status).toBe('COMPENSATION_FAILED');
    expect(steps[0]).toBe('COMPENSATION_FAILED');
  });

  it('takes an answer once, however often it arrives', () => {
    const { last, commands } = run(charged, charged);
    expect(last?.verdict).toBe('ignored');
    expect(commands.at(-1)).toEqual([]);
  });

  it.each<[string, readonly Input[], Input]>([
    ['a cent', [], { reply: 'payment.charged', data: { amount: { amount: 1, currency: 'EUR' } } }],
    ['another currency', [], { reply: 'payment.charged', data: { amount: { amount: 200, currency: 'JPY' } } }],
    ['one item less', [charged], { reply: 'inventory.reserved', data: { items: [{ sku: 'SKU-1', quantity: 1 }] } }],
    ['another item', [charged], { reply: 'inventory.reserved', data: { items: [{ sku: 'SKU-2', quantity: 2 }] } }],
    ['no items', [charged], { reply: 'inventory.reserved', data: { items: [] } }],
    [
      'no refund of what was charged',
      [charged, soldOut],
      { reply: 'payment.refunded', data: { amount: { amount: 0, currency: 'EUR' } } },
    ],
    [
      'part of a refund that may not be needed',
      [timeout],
      { reply: 'payment.refunded', data: { amount: { amount: 199, currency: 'EUR' } } },
    ],
  ])('does not take %s for what it asked for, and takes the true answer then (F63)', (_, before, forged) => {
    const { last, instance } = run(...before, forged);
    expect([last?.fault, instance]).toEqual(['REPLY_NOT_AS_ASKED', run(...before).instance]);
    const truth = { 'payment.charged': charged, 'inventory.reserved': reserved, 'payment.refunded': refunded };
    const [, answer = forged] =
      Object.entries(truth).find(([name]) => 'reply' in forged && name === forged.reply) ?? [];
    expect(run(...before, forged, answer).last?.verdict).toBe('taken');
  });

  it('assumes that nothing went back where no charge was reported', () => {
    const nothing: Input = { reply: 'payment.refunded', data: { amount: { amount: 0, currency: 'EUR' } } };
    expect(run(timeout, nothing).instance.status).toBe('COMPENSATED');
  });

  it('awaits every event that a participant can answer with, but those of an erasure', () => {
    const awaited = [...definition.replies.keys()];
    const erased = [contracts.PaymentErased.name, contracts.ShipmentErased.name];
    const events = contracts.allContracts
      .filter(({ kind, topic }) => kind === 'event' && topic !== contracts.TOPIC.catalogue)
      .map(({ name }) => name);
    expect(new Set([...awaited, ...erased])).toEqual(new Set(events));
    expect(awaited.filter((name) => erased.includes(name))).toEqual([]);
  });
});
