import type { NestExpressApplication } from '@nestjs/platform-express';
import request from 'supertest';

import type { OrderView } from '../projections/order-view.js';
import type { TimelineEntry } from '../projections/timeline.js';

/** A body that is fine as it is. */
export const validBody = {
  customerId: 'cust-1',
  items: [{ sku: 'SKU-1', quantity: 2 }],
  shippingAddress: { name: 'Ada', line1: '1 Street', city: 'Town', postalCode: '12345', country: 'DE' },
  paymentMethod: 'pm_card_ok',
};

/** The REST interface, as a client uses it. */
export function orderClient(app: NestExpressApplication) {
  const http = () => request(app.getHttpServer());
  return {
    http,
    async place(body: object = validBody): Promise<OrderView> {
      return (await http().post('/orders').send(body).expect(201)).body as OrderView; // the answer's contract
    },
    async get(id: string): Promise<OrderView> {
      return (await http().get(`/orders/${id}`).expect(200)).body as OrderView; // the answer's contract
    },
    async timeline(id: string): Promise<readonly TimelineEntry[]> {
      return (await http().get(`/orders/${id}/timeline`).expect(200)).body as TimelineEntry[]; // the answer's contract
    },
    cancel(id: string, reason = 'Changed my mind') {
      return http().post(`/orders/${id}/cancel`).send({ reason });
    },
  };
}
