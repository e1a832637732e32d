import { defineSaga, done, failed, send } from '@waybill/saga';

import type { LessonData } from '../stage/wire.js';
import * as message from './messages.js';

export const PURCHASE = 'purchase';

const refusal = () => ({ code: 'CARRIER_REFUSED', message: 'The carrier refuses this order' });

/** What is to be done, and how each of it is undone. */
export const purchase = defineSaga<LessonData>(PURCHASE, 1, {
  steps: [
    {
      name: 'charge',
      command: (data) => send(message.Charge, data),
      replies: [done(message.Charged)],
      compensation: { command: (data) => send(message.Refund, data), replies: [done(message.Refunded)] },
    },
    {
      name: 'reserve',
      command: (data) => send(message.Reserve, data),
      replies: [done(message.Reserved)],
      compensation: { command: (data) => send(message.Release, data), replies: [done(message.Released)] },
    },
    {
      name: 'ship',
      command: (data) => send(message.Ship, data),
      replies: [done(message.Shipped), failed(message.ShippingRefused, refusal)],
    },
  ],
});
