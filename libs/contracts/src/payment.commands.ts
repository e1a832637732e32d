import Type from 'typebox';

import { defineCommand } from './define-message.js';
import { PERSONAL } from './personal.js';
import { IdSchema, MoneySchema, TextSchema } from './shared-schemas.js';
import { TOPIC } from './topics.js';

// #region lift
/** Version 1 knew cards alone, by their token. */
const nameMethod = (data: unknown): unknown => {
  const command = data as { readonly paymentMethod?: unknown }; // whatever it is, the contract checks what comes of it
  return { ...command, paymentMethod: { kind: 'card', token: command.paymentMethod } };
};
// #endregion

// #region version
/**
 * Charge the order's total. Answered by PaymentCharged or PaymentDeclined; a kind of payment method that the receiver doesn't know is declined.
 * Key: order id.
 */
export const ProcessPayment = defineCommand({
  topic: TOPIC.paymentCommands,
  name: 'payment.process',
  version: 2,
  key: '/orderId',
  upcasters: { 1: nameMethod },
  schema: Type.Object({
    orderId: IdSchema,
    customerId: IdSchema,
    amount: MoneySchema,
    paymentMethod: Type.Object({
      kind: IdSchema, // no list of values: a new one would be a breaking change each time
      token: Type.String({ minLength: 1, maxLength: 200, ...PERSONAL }),
    }),
  }),
});
// #endregion

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
