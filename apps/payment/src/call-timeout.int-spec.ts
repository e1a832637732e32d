import { ProcessPayment } from '@waybill/contracts';
import { eventually } from '@waybill/messaging/testing';

import { startPaymentService } from './testing/running-service.js';
import type { PaymentService } from './testing/running-service.js';

describe('a provider that is slower than CALL_TIMEOUT_MS', () => {
  let service: PaymentService;
  beforeAll(async () => {
    service = await startPaymentService({ CALL_TIMEOUT_MS: '300' });
  });
  afterAll(() => service.stop());

  it('is given up on, and called again later; the attempts count', async () => {
    const orderId = '01900000-0000-7000-8000-000000000001';
    const amount = { amount: 100, currency: 'EUR' };
    const paymentMethod = { kind: 'card', token: 'pm_card_slow' }; // takes 2 s
    const command = { orderId, customerId: 'cust-1', amount, paymentMethod };
    await service.publish(ProcessPayment.type, orderId, command);
    let waiting: unknown[] = [];
    await eventually(async () => {
      const answer = await service.get('/admin/dead-letters?state=retrying').expect(200);
      waiting = (answer.body as { items: unknown[] }).items; // the answer's contract
      return waiting.length > 0;
    }, 30_000);
    expect(waiting).toMatchObject([
      { key: orderId, lastError: expect.stringContaining("didn't end within 300 ms") as string },
    ]);
  });
});
