import type { ShippingAddress } from './order.events.js';

/** Stands wherever something about a customer stood that was erased; nobody can have it as their id. */
export const ERASED = '(erased)';

export const ERASED_ADDRESS: ShippingAddress = {
  name: ERASED,
  line1: ERASED,
  city: ERASED,
  postalCode: ERASED,
  country: 'ZZ', // ISO 3166 leaves it to users
};
