import Type from 'typebox';

import { defineEvent } from './define-message.js';
import { IdSchema, MoneySchema, TextSchema } from './shared-schemas.js';
import { TOPIC } from './topics.js';

export const PaymentCharged = defineEvent({
  topic: TOPIC.paymentEvents,
  name: 'payment.charged',
  version: 1,
  description: "The order's total was charged.",
  source: '/payment',
  key: '/orderId',
  schema: Type.Object({ orderId: IdSchema, paymentId: IdSchema, amount: MoneySchema }),
  example: {
    orderId: '0197d6a4-5c1e-7b3a-9c55-0a1b2c3d4e5f',
    paymentId: '0197d6a4-5d00-7c11-8a22-1b2c3d4e5f60',
    amount: { amount: 3450, currency: 'EUR' },
  },
});

export const PaymentDeclined = defineEvent({
  topic: TOPIC.paymentEvents,
  name: 'payment.declined',
  version: 1,
  description:
    'Nothing was charged: the provider declined, does not know the payment method, or the payment had been undone before.',
  source: '/payment',
  key: '/orderId',
  schema: Type.Object({
    orderId: IdSchema,
    paymentId: IdSchema,
    code: Type.Enum(['PAYMENT_DECLINED', 'PAYMENT_METHOD_UNKNOWN', 'CANCELLED']),
    message: TextSchema,
  }),
  example: {
    orderId: '0197d6a4-5c1e-7b3a-9c55-0a1b2c3d4e5f',
    paymentId: '0197d6a4-5d00-7c11-8a22-1b2c3d4e5f60',
    code: 'PAYMENT_DECLINED',
    message: 'The card was declined',
  },
});

export const PaymentRefunded = defineEvent({
  topic: TOPIC.paymentEvents,
  name: 'payment.refunded',
  version: 1,
  description:
    'The amount is what went back: zero where nothing had been charged, and then there may be no payment either.',
  source: '/payment',
  key: '/orderId',
  schema: Type.Object({ orderId: IdSchema, paymentId: Type.Optional(IdSchema), amount: MoneySchema }),
  example: {
    orderId: '0197d6a4-5c1e-7b3a-9c55-0a1b2c3d4e5f',
    paymentId: '0197d6a4-5d00-7c11-8a22-1b2c3d4e5f60',
    amount: { amount: 3450, currency: 'EUR' },
  },
});

export const RefundFailed = defineEvent({
  topic: TOPIC.paymentEvents,
  name: 'payment.refund-failed',
  version: 1,
  description: 'The provider refuses the refund for good.',
  source: '/payment',
  key: '/orderId',
  schema: Type.Object({ orderId: IdSchema, paymentId: IdSchema, code: IdSchema, message: TextSchema }),
  example: {
    orderId: '0197d6a4-5c1e-7b3a-9c55-0a1b2c3d4e5f',
    paymentId: '0197d6a4-5d00-7c11-8a22-1b2c3d4e5f60',
    code: 'REFUND_REFUSED',
    message: 'The provider refuses the refund',
  },
});

export const PaymentErased = defineEvent({
  topic: TOPIC.paymentEvents,
  name: 'payment.erased',
  version: 1,
  description: "The payment service knows nothing of the order's customer any more.",
  source: '/payment',
  key: '/orderId',
  schema: Type.Object({ orderId: IdSchema }),
  example: { orderId: '0197d6a4-5c1e-7b3a-9c55-0a1b2c3d4e5f' },
});
