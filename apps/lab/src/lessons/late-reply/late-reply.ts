import { euros, fact, many, sideBySide } from '../lesson.js';
import type { Counted, Lesson, LessonResult } from '../lesson.js';
import type { PaymentCounts } from './count-payments.js';
import { DEADLINE_MS, TOKENS } from './messages.js';
import { naive } from './naive.js';
import { waybill } from './waybill.js';

export const lateReply: Lesson = {
  name: 'late-reply',
  title: 'Late reply',
  problem: `The payment provider doesn't answer within ${DEADLINE_MS / 1_000} seconds, so the order is cancelled. Then it answers: charged.`,
  stations: [
    { id: 'order', label: 'Ordered' },
    { id: 'provider', label: 'Asked' },
    { id: 'paid', label: 'Paid' },
    { id: 'cancelled', label: 'Cancelled' },
  ],
  tokens: TOKENS,
  code: {
    naive: 'apps/lab/src/lessons/late-reply/naive.ts',
    waybill: 'apps/lab/src/lessons/late-reply/payment.saga.ts',
  },
  docs: [
    { label: 'saga', path: 'libs/saga/README.md' },
    { label: 'ADR 26', path: 'docs/adr/0026-one-clock-and-lost-answers.md' },
  ],
  screen: { label: "Shop: order 'Charged, answer lost'", path: '/console/shop' },
  run: sideBySide({ naive, waybill, tell }),
};

function tell(counted: Counted<PaymentCounts>): LessonResult {
  const facts = [
    fact<PaymentCounts>('cancelled orders that are paid', 0, counted, ({ cheated }) => cheated.length),
    fact<PaymentCounts>('charges', TOKENS.length, counted, ({ charged }) => charged),
  ];
  const { naive: theirs, waybill: ours } = counted;
  return {
    facts,
    ...(theirs && {
      naive: `The naive service cancelled ${many(theirs.cancelled, 'order')} and told their customers that nothing was charged: ${theirs.cheated.length} of them paid ${euros(theirs.owed)}, and nobody listens for it any more.`,
    }),
    waybill: `The saga cancelled ${many(ours.cancelled, 'order')}, too, and undid what might have happened: ${many(ours.refunded, 'late charge')} came, and ${ours.refunded === 1 ? 'was' : 'were'} refunded.`,
  };
}
