import { endingOf, inWords } from '../facts.js';
import type { BookingFacts, ChargeFacts, OrderFacts, PaymentFacts, ShipmentFacts } from '../facts.js';

export interface Ledgers {
  readonly payment: PaymentFacts | undefined;
  readonly charges: readonly ChargeFacts[];
  readonly shipment: ShipmentFacts | undefined;
  readonly bookings: readonly BookingFacts[];
}

/** The provider's books say of an order's money what the payment service says, and the carrier's what shipping says. */
export function ledgersDisagree(order: OrderFacts, ledgers: Ledgers): string | undefined {
  if (endingOf(order) === 'open') return undefined;
  return money(order, ledgers) ?? parcels(ledgers);
}

function money({ total }: OrderFacts, { payment, charges }: Ledgers): string | undefined {
  const stray = charges.find(({ key, status }) => status === 'charged' && key !== payment?.id);
  if (stray !== undefined) {
    return `The provider has charged ${inWords(stray)} as ${stray.key}, which is no payment of ours.`;
  }
  if (payment === undefined) return undefined;
  const charge = charges.find(({ key, status }) => key === payment.id && status === 'charged');
  const { amount: charged = 0, refunded = 0, currency = total.currency } = charge ?? {};
  if (isAsPayment(payment, charged, refunded)) return undefined;
  const of = (amount: number): string => inWords({ amount, currency });
  const told = `Its payment of ${of(payment.amount.amount)} is ${payment.status}`;
  return `${told}, and the provider has charged ${of(charged)} and refunded ${of(refunded)}.`;
}

function isAsPayment({ status, amount, refundedAmount }: PaymentFacts, charged: number, refunded: number): boolean {
  switch (status) {
    case 'CHARGED':
    case 'REFUNDED':
      return charged === amount.amount && refunded === refundedAmount;
    case 'PENDING':
      return charged === 0;
    default: // declined, or called off: what was charged all the same was given back
      return charged === refunded;
  }
}

function parcels({ shipment, bookings }: Ledgers): string | undefined {
  const stray = bookings.find(({ key, status }) => status === 'booked' && key !== shipment?.id);
  if (stray !== undefined) return `The carrier has booked ${stray.key}, which is no shipment of ours.`;
  if (shipment === undefined) return undefined;
  const booking = bookings.find(({ key }) => key === shipment.id);
  const isBooked = booking?.status === 'booked';
  if (isBooked === (shipment.status === 'CREATED')) return undefined;
  return `Its shipment is ${shipment.status}, and the carrier ${isBooked ? 'will deliver it' : `says ${booking?.status ?? 'nothing'}`}.`;
}
