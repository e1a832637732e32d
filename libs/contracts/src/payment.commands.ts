import Type from 'typebox';

import { defineCommand } from './define-message.js';
import { PERSONAL } from './personal.js';
import { IdSchema, MoneySchema, TextSchema } from './shared-schemas.js';
import { TOPIC } from './topics.js';

/** Charge the order's total. Answered by PaymentCharged or PaymentDeclined. Key: order id. */
export const ProcessPayment = defineCommand({
  topic: TOPIC.paymentCommands,
  name: 'payment.process',
  version: 1,
  key: '/orderId',
  schema: Type.Object({
    orderId: IdSchema,
    customerId: IdSchema,
    amount: MoneySchema,
    paymentMethod: Type.String({ minLength: 1, maxLength: 200, ...PERSONAL }),
  }),
});

/**
 * Give back whatever was charged for the order; nothing may have been. Answered by PaymentRefunded (also where there was
 * nothing to refund) or RefundFailed. A ProcessPayment that arrives afterwards is declined.
 */
export const RefundPayment = defineCommand({
  topic: TOPIC.paymentCommands,
  name: 'payment.refund',
  version: 1,
  key: '/orderId',
  undoes: [ProcessPayment.name],
  schema: Type.Object({ orderId: IdSchema, reason: TextSchema }),
});
