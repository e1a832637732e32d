import { PaymentCharged } from '@waybill/contracts';
import { receivedMessage } from '@waybill/messaging/testing';

import { eventEntry } from './timeline-of-progress.js';
import { inOrder } from './timeline.js';
import type { TimelineEntry } from './timeline.js';

const entry = (at: string, messageId: string, causationId: string | null = null): TimelineEntry => ({
  at: `2026-11-25T10:00:${at}Z`,
  service: 'order',
  kind: 'event',
  type: messageId,
  messageId,
  causationId,
  detail: null,
});
const order = (...entries: TimelineEntry[]) => inOrder(entries).map(({ type }) => type);

describe('timeline', () => {
  it('is in order of time, and as recorded where the times are equal', () => {
    expect(order(entry('02.000', 'b'), entry('01.000', 'a'), entry('02.000', 'c'))).toEqual(['a', 'b', 'c']);
  });

  it('never shows an answer before the command that it answers, whatever the clock of the other service', () => {
    const command = entry('05.000', 'command');
    const answer = entry('01.000', 'answer', 'command');
    expect(order(command, answer)).toEqual(['command', 'answer']);
    expect(order(entry('04.000', 'earlier'), command, answer, entry('06.000', 'later'))).toEqual([
      'earlier',
      'command',
      'answer',
      'later',
    ]);
  });

  const own = (at: string, type: string): TimelineEntry => ({ ...entry(at, type), kind: 'saga', messageId: null });

  it('shows what the order service decided as it was recorded, also after an event from a clock that is fast (F65)', () => {
    const command = { ...entry('01.000', 'command'), kind: 'command' } as const;
    const recorded = [own('01.000', 'placed'), command, entry('59.000', 'answer', 'command'), own('02.000', 'late')];
    expect(order(...recorded)).toEqual(['placed', 'command', 'answer', 'late']);
    expect(inOrder(recorded).map(({ at }) => at.slice(17, 19))).toEqual(['01', '01', '02', '02']);
  });

  it('never lets a later decision stand before an earlier one, whichever replica took them (F65)', () => {
    expect(order(own('50.000', 'fast'), own('10.000', 'slow'), own('11.000', 'slow too'))).toEqual([
      'fast',
      'slow',
      'slow too',
    ]);
  });

  it('never shows an event after it was taken, however fast the clock of the other service (F65)', () => {
    const message = receivedMessage(PaymentCharged, {
      key: 'o1',
      data: { orderId: 'o1', paymentId: 'p1', amount: { amount: 1, currency: 'EUR' } },
    });
    const sentAtMs = Date.parse(message.envelope.time);
    const at = (takenAtMs: number) => Date.parse(eventEntry(message, takenAtMs).at);
    expect([at(sentAtMs + 5), at(sentAtMs - 5)]).toEqual([sentAtMs, sentAtMs - 5]);
  });

  it('names an event that an operator has edited by the id that it was published with', () => {
    const data = { orderId: 'o1', paymentId: 'p1', amount: { amount: 1, currency: 'EUR' } };
    const message = receivedMessage(PaymentCharged, { key: 'o1', data });
    const edited = { ...message, envelope: { ...message.envelope, replaces: 'published' } };
    expect(eventEntry(edited, Date.now()).messageId).toBe('published');
  });
});
