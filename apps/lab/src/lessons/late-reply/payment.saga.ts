import { defineSaga, done, send } from '@waybill/saga';

import type { LessonData } from '../stage/wire.js';
import { Charge, Charged, DEADLINE_MS, Refund, Refunded } from './messages.js';

export const PAYMENT = 'payment';

/** Silence is no answer: a step that may have taken effect is undone like one that has. */
export const payment = defineSaga<LessonData>(PAYMENT, 1, {
  steps: [
    {
      name: 'charge',
      deadlineMs: DEADLINE_MS,
      command: (data) => send(Charge, data),
      replies: [done(Charged)],
      compensation: { command: (data) => send(Refund, data), replies: [done(Refunded)], deadlineMs: 30_000 },
    },
  ],
});
