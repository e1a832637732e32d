import Type from 'typebox';

import { defineCommand } from './define-message.js';
import { PaymentCharged, PaymentDeclined, PaymentErased, PaymentRefunded, RefundFailed } from './payment.events.js';
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
export const ProcessPayment = defineCommand({
  topic: TOPIC.paymentCommands,
  name: 'payment.process',
  version: 2,
  description: "Charge the order's total. A kind of payment method that the receiver doesn't know is declined.",
  answeredBy: [PaymentCharged.name, PaymentDeclined.name],
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
  example: {
    orderId: '0197d6a4-5c1e-7b3a-9c55-0a1b2c3d4e5f',
    customerId: 'cust-42',
    amount: { amount: 3450, currency: 'EUR' },
    paymentMethod: { kind: 'card', token: 'pm_card_ok' },
  },
});
// #endregion

export const RefundPayment = defineCommand({
  topic: TOPIC.paymentCommands,
  name: 'payment.refund',
  version: 1,
  description:
    'Give back whatever was charged for the order; nothing may have been. A payment.process that arrives afterwards is declined.',
  answeredBy: [PaymentRefunded.name, RefundFailed.name],
  key: '/orderId',
  undoes: [ProcessPayment.name],
  schema: Type.Object({ orderId: IdSchema, reason: TextSchema }),
  example: { orderId: '0197d6a4-5c1e-7b3a-9c55-0a1b2c3d4e5f', reason: 'OUT_OF_STOCK' },
});

export const ErasePayment = defineCommand({
  topic: TOPIC.paymentCommands,
  name: 'payment.erase',
  version: 1,
  description:
    "Forget what the order's payment says of the customer; amounts stay. Sent once the order has ended, after all its other commands.",
  answeredBy: [PaymentErased.name],
  key: '/orderId',
  schema: Type.Object({ orderId: IdSchema }),
  example: { orderId: '0197d6a4-5c1e-7b3a-9c55-0a1b2c3d4e5f' },
});
