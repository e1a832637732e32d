import type { Payment, PaymentStatus } from './payment.js';
import { knownRefundAnswer, refundAnswer, settleRefund } from './refund-payment.js';

const payment = (status: PaymentStatus, refundedAmount = 0): Payment => ({
  id: 'p1',
  orderId: 'o1',
  status,
  amount: { amount: 1250, currency: 'EUR' },
  paymentMethod: 'pm_card_ok',
  decline: undefined,
  refundedAmount,
});

describe('refunding a payment', () => {
  it.each(['PENDING', 'CHARGED'] as const)('asks the provider about a %s payment (F23)', (status) => {
    expect(knownRefundAnswer(payment(status))).toBeUndefined();
  });

  it.each(['DECLINED', 'FAILED'] as const)('gives nothing back of a %s payment', (status) => {
    expect(knownRefundAnswer(payment(status))).toMatchObject({ amount: { amount: 0, currency: 'EUR' } });
  });

  it('answers a repeated command with the amount of the first refund', () => {
    expect(knownRefundAnswer(payment('REFUNDED', 1250))).toMatchObject({ amount: { amount: 1250, currency: 'EUR' } });
  });

  it('gives back what was charged', () => {
    const settled = settleRefund(payment('CHARGED'), { kind: 'refunded', amount: 1250 });
    expect(settled).toMatchObject({ status: 'REFUNDED', refundedAmount: 1250 });
    expect(refundAnswer(settled, { kind: 'refunded', amount: 1250 })).toMatchObject({ amount: { amount: 1250 } });
  });

  it('fails a pending payment of which nothing was charged', () => {
    const settled = settleRefund(payment('PENDING'), { kind: 'nothing-charged' });
    expect(settled.status).toBe('FAILED');
    expect(refundAnswer(settled, { kind: 'nothing-charged' })).toMatchObject({
      kind: 'refunded',
      amount: { amount: 0 },
    });
  });

  it('keeps the money on record when the provider refuses for good (F22)', () => {
    const refused = { kind: 'refused', code: 'REFUND_REFUSED', message: 'Account closed' } as const;
    const settled = settleRefund(payment('CHARGED'), refused);
    expect(settled.status).toBe('CHARGED');
    expect(refundAnswer(settled, refused)).toMatchObject({ kind: 'refused', refusal: { code: 'REFUND_REFUSED' } });
  });
});
