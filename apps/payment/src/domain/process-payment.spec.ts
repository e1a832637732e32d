import type { Payment, PaymentStatus } from './payment.js';
import { assertSameCharge, knownProcessAnswer, PaymentConflictError, settleCharge } from './process-payment.js';

const payment = (status: PaymentStatus, more: Partial<Payment> = {}): Payment => ({
  id: 'p1',
  orderId: 'o1',
  status,
  amount: { amount: 1250, currency: 'EUR' },
  paymentMethod: 'pm_card_ok',
  decline: undefined,
  refundedAmount: 0,
  ...more,
});

describe('processing a payment', () => {
  const asked = { amount: 1250, currency: 'EUR' };

  it('asks the provider only while the outcome is unknown', () => {
    expect(knownProcessAnswer(payment('PENDING'))).toBeUndefined();
    expect(knownProcessAnswer(payment('CHARGED'))).toMatchObject({ kind: 'charged' });
  });

  it('answers a repeated command with the reason of the first decline', () => {
    const decline = { code: 'PAYMENT_METHOD_UNKNOWN', message: 'No such method' } as const;
    expect(knownProcessAnswer(payment('DECLINED', { decline }))).toMatchObject({ kind: 'declined', refusal: decline });
  });

  it.each(['REFUNDED', 'FAILED'] as const)('declines an order whose refund came first (%s) as cancelled', (status) => {
    expect(knownProcessAnswer(payment(status))).toMatchObject({ kind: 'declined', refusal: { code: 'CANCELLED' } });
  });

  it('asks for nothing else than it asked for first (F67)', () => {
    const { id, orderId, amount, paymentMethod } = payment('PENDING');
    const intent = { id, orderId, amount, paymentMethod };
    expect(() => assertSameCharge(payment('PENDING'), intent)).not.toThrow();
    for (const other of [
      { ...intent, amount: { amount: 1251, currency: 'EUR' } },
      { ...intent, amount: { amount: 1250, currency: 'USD' } },
      { ...intent, paymentMethod: 'pm_card_slow' },
    ]) {
      expect(() => assertSameCharge(payment('PENDING'), other)).toThrow(PaymentConflictError);
    }
    const ofARefund = payment('PENDING', { amount: { amount: 0, currency: 'EUR' }, paymentMethod: '' });
    expect(() => assertSameCharge(ofARefund, intent)).not.toThrow();
  });

  it('takes over what the provider says', () => {
    expect(settleCharge(payment('PENDING'), { kind: 'charged', chargeId: 'c1' }, asked)).toMatchObject({
      status: 'CHARGED',
    });
    const declined = settleCharge(
      payment('PENDING'),
      { kind: 'declined', code: 'PAYMENT_DECLINED', message: 'No' },
      asked,
    );
    expect(declined).toMatchObject({ status: 'DECLINED', decline: { code: 'PAYMENT_DECLINED', message: 'No' } });
  });

  it('charges what the provider was asked for, also where a refund has made the payment first', () => {
    const made = payment('PENDING', { amount: { amount: 0, currency: 'USD' }, paymentMethod: '' });
    expect(settleCharge(made, { kind: 'charged', chargeId: 'c1' }, asked)).toMatchObject({ amount: asked });
  });

  it('fails a payment that the provider was told to call off', () => {
    const voided = settleCharge(
      payment('PENDING'),
      { kind: 'declined', code: 'CANCELLED', message: 'Called off' },
      asked,
    );
    expect(voided.status).toBe('FAILED');
  });

  it.each(['CHARGED', 'DECLINED', 'REFUNDED', 'FAILED'] as const)(
    'never changes a %s payment by a charge',
    (status) => {
      const before = payment(status);
      expect(settleCharge(before, { kind: 'charged', chargeId: 'c1' }, { ...asked, amount: 1 })).toBe(before);
    },
  );
});
