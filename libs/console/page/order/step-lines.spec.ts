import type { MessageRow } from '@waybill/order-story';

import type { SagaBody, SagaStep } from '../bodies.js';
import { heldSaid, standingOf, stepLines } from './step-lines.js';

const at = (ms: number): string => new Date(1_800_000_000_000 + ms).toISOString();
const ms = (time: number | undefined): number | undefined => time && time - 1_800_000_000_000;

const step = (more: Partial<SagaStep>): SagaStep => ({
  name: 'process-payment',
  status: 'DONE',
  attempts: 1,
  startedAt: at(0),
  endedAt: at(100),
  ...more,
});
const saga = (...steps: readonly SagaStep[]): SagaBody => ({
  status: 'RUNNING',
  step: 'process-payment',
  steps,
  deadlineAt: null,
});

const row = (id: string, from: number, to: number, more: Partial<MessageRow> = {}): MessageRow => ({
  kind: 'message',
  id,
  at: 1_800_000_000_000 + from,
  from: 'order',
  to: 'payment',
  type: 't',
  step: 'process-payment',
  attempt: 1,
  isCommand: true,
  isUndo: false,
  segments: [{ stage: 'way', from: 1_800_000_000_000 + from, to: 1_800_000_000_000 + to, isOpen: false }],
  outbox: undefined,
  inbox: undefined,
  letter: undefined,
  answers: ['e'],
  causationId: null,
  detail: null,
  ...more,
});
const answer = { isCommand: false, from: 'payment', to: 'order', answers: [] };

describe('a line of the saga', () => {
  it('has what a step did, and after it how that was undone', () => {
    const rows = [
      row('c1', 10, 40),
      row('e1', 40, 60, answer),
      row('c2', 80, 90, { isUndo: true }),
      row('c3', 95, 99, { isUndo: true }),
      row('e3', 99, 120, { ...answer, isUndo: true }),
      row('other', 0, 500, { step: 'create-shipment' }),
    ];
    const [line] = stepLines(saga(step({ status: 'COMPENSATED' })), rows);
    expect([line?.did, line?.undone].map((part) => [ms(part?.from), ms(part?.to), part?.commands, part?.by])).toEqual([
      [10, 60, 1, 'payment'],
      [80, 120, 2, 'payment'],
    ]);
  });

  it('says what stays in place where its undoing failed, and who decided that', () => {
    const failed = saga(step({ status: 'COMPENSATION_FAILED' }), step({ name: 'reserve-inventory' }));
    const charged = { amount: 2_500, currency: 'EUR' };
    const said = (skipped: boolean, of: object = { charged }) =>
      stepLines({ ...failed, held: [{ step: 'process-payment', skipped, ...of }] }, []).map((line) => [
        standingOf(line),
        heldSaid(line),
      ]);
    expect(said(false)).toEqual([
      ['COMPENSATION_FAILED', '€25.00 charged, and still held.'],
      ['DONE', ''],
    ]);
    expect(said(true)[0]).toEqual(['skipped by an operator', '€25.00 charged, and still held.']);
    expect(said(true, {})[0]).toEqual(['skipped by an operator', 'Its effect is still in place.']);
  });

  it('is open as long as nobody has answered', () => {
    const pending = step({ status: 'RUNNING', endedAt: null });
    expect(stepLines(saga(pending), [row('c1', 10, 40, { answers: [] })])[0]?.did?.isOpen).toBe(true);
    expect(stepLines(saga(pending), [row('c1', 10, 40)])[0]?.did?.isOpen).toBe(false);
  });

  it('goes by the saga where a step sends nothing, and has nothing where it has not begun', () => {
    const [own, none] = stepLines(saga(step({}), step({ startedAt: null, endedAt: null })), []);
    expect([ms(own?.did?.from), ms(own?.did?.to), own?.undone]).toEqual([0, 100, undefined]);
    expect(none?.did).toBeUndefined();
  });
});
