/** The provider failed or didn't answer in time. The call may have taken effect; the same call again tells. */
export class PaymentGatewayError extends Error {
  readonly code = 'PAYMENT_GATEWAY_FAILED';

  constructor(call: 'charge' | 'refund', key: string) {
    super(`The payment provider failed the ${call} ${key}; its outcome is unknown, repeat it with the same key`);
  }
}
