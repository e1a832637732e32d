import { endingOf, inWords, isSkipped } from '../facts.js';
import type { ChargeFacts, OrderFacts } from '../facts.js';

/** The provider has charged an order once at most, and holds what was ordered for, or nothing. */
export function chargedWrongly(order: OrderFacts, charges: readonly ChargeFacts[]): string | undefined {
  const charged = charges.filter(({ status }) => status === 'charged');
  const { currency } = order.total;
  if (charged.length > 1) {
    const amounts = charged.map((charge) => inWords(charge)).join(' and ');
    return `It was charged ${charged.length} times: ${amounts}.`;
  }
  const held = charged.reduce((sum, { amount, refunded }) => sum + amount - refunded, 0);
  switch (endingOf(order)) {
    case 'open':
      return undefined;
    case 'fulfilled':
      if (held === order.total.amount && charged.every((charge) => charge.currency === currency)) return undefined;
      return `It is ${order.status} for ${inWords(order.total)}, and the provider holds ${inWords({ amount: held, currency })}.`;
    case 'undone':
      break;
  }
  if (held === 0 || isSkipped(order, 'process-payment')) return undefined;
  return `It is ${order.status}, and the provider holds ${inWords({ amount: held, currency })}.`;
}
