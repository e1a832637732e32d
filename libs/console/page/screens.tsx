import type { ComponentChildren } from 'preact';

import { later } from './parts/later.js';

const DeadLetters = later(async () => (await import('./letters/groups.js')).DeadLetters);
const LetterScreen = later(async () => (await import('./letters/letter-screen.js')).LetterScreen);
const Lab = later(async () => (await import('./lab/lab.js')).Lab);
const Learn = later(async () => (await import('./learn/learn.js')).Learn);
const Flow = later(async () => (await import('./flow/flow.js')).Flow);
const IncidentsScreen = later(async () => (await import('./incidents/incidents-screen.js')).IncidentsScreen);
const Orders = later(async () => (await import('./screens/orders.js')).Orders);
const OrderScreen = later(async () => (await import('./order/order-screen.js')).OrderScreen);
const Shop = later(async () => (await import('./shop/shop.js')).Shop);

export interface Screen {
  readonly name: string;
  readonly href: string;
  /** Its addresses; what the groups find is handed to `show`. */
  readonly matches: RegExp;
  /** Only where there is a lab. */
  readonly isOfLab?: boolean;
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
  {
    name: 'Dead letters',
    href: '/console/dead-letters',
    matches: /^\/dead-letters(?:\/(\w+)\/(\d+))?$/,
    show: (service, id) =>
      service === undefined || id === undefined ? (
        <DeadLetters />
      ) : (
        <LetterScreen key={`${service} ${id}`} service={service} id={id} />
      ),
  },
  {
    name: 'Flow',
    href: '/console/flow',
    matches: /^\/flow(?:\/(outbox|lanes|parked|health)\/(\w+)(?:\/([\w.-]+))?)?$/,
    show: (list, service, topic) => <Flow list={list} service={service} topic={topic} />,
  },
  {
    name: 'Incidents',
    href: '/console/incidents',
    matches: /^\/(?:incidents|audit)$/,
    show: () => <IncidentsScreen />,
  },
  { name: 'Lab', href: '/console/lab', matches: /^\/lab$/, isOfLab: true, show: () => <Lab /> },
  { name: 'Learn', href: '/console/learn', matches: /^\/learn$/, isOfLab: true, show: () => <Learn /> },
];
