import type { ComponentChildren } from 'preact';

import { OrderScreen } from './order/order-screen.js';
import { later } from './parts/later.js';
import { Orders } from './screens/orders.js';

const Shop = later(async () => (await import('./shop/shop.js')).Shop);

export interface Screen {
  readonly name: string;
  readonly href: string;
  /** Its addresses; what the groups find is handed to `show`. */
  readonly matches: RegExp;
  show(...parts: readonly (string | undefined)[]): ComponentChildren;
}

/** What the navigation offers; the first is where `/console/` leads. */
export const SCREENS: readonly Screen[] = [
  {
    name: 'Orders',
    href: '/console/orders',
    matches: /^\/(?:orders(?:\/([\w-]+))?)?$/,
    show: (id) => (id === undefined ? <Orders /> : <OrderScreen key={id} id={id} />),
  },
  { name: 'Shop', href: '/console/shop', matches: /^\/shop$/, show: () => <Shop /> },
];
