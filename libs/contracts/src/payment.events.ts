import Type from 'typebox';

import { defineEvent } from './define-message.js';
import { IdSchema, MoneySchema, TextSchema } from './shared-schemas.js';
import { TOPIC } from './topics.js';

export const PaymentCharged = defineEvent({
  topic: TOPIC.paymentEvents,
  name: 'payment.charged',
  version: 1,
  source: '/payment',
  key: '/orderId',
  schema: Type.Object({ orderId: IdSchema, paymentId: IdSchema, amount: MoneySchema }),
});

export const PaymentDeclined = defineEvent({
  topic: TOPIC.paymentEvents,
  name: 'payment.declined',
  version: 1,
  source: '/payment',
  key: '/orderId',
  schema: Type.Object({
    orderId: IdSchema,
    paymentId: IdSchema,
    code: Type.Enum(['PAYMENT_DECLINED', 'PAYMENT_METHOD_UNKNOWN', 'CANCELLED']),
    message: TextSchema,
  }),
});

/** The amount is what went back: zero where nothing had been charged, and then there may be no payment either. */
export const PaymentRefunded = defineEvent({
  topic: TOPIC.paymentEvents,
  name: 'payment.refunded',
  version: 1,
  source: '/payment',
  key: '/orderId',
  schema: Type.Object({ orderId: IdSchema, paymentId: Type.Optional(IdSchema), amount: MoneySchema }),
});

/** The provider refuses the refund for good. */
export const RefundFailed = defineEvent({
  topic: TOPIC.paymentEvents,
  name: 'payment.refund-failed',
  version: 1,
  source: '/payment',
  key: '/orderId',
  schema: Type.Object({ orderId: IdSchema, paymentId: IdSchema, code: IdSchema, message: TextSchema }),
});
