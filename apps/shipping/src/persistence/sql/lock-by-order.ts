import type { Statement } from '@waybill/database';

import { selectByOrder } from './select-by-order.js';

/** As {@link selectByOrder}, and nobody else changes the rows until the transaction ends. */
export const lockByOrder: Statement = {
  name: 'shipment_lock_by_order',
  text: `${selectByOrder.text} ORDER BY order_id FOR UPDATE`,
};
