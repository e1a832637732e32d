import type { ServiceName } from '../api.js';

/** A topic, who sends it, and who reads it. */
export interface Stream {
  readonly topic: string;
  readonly from: ServiceName;
  /** `undefined`: none of the services; it is for monitors and archives. */
  readonly to: ServiceName | undefined;
}

const mirrorOf = (from: ServiceName): Stream => ({ topic: `${from}.dlq`, from, to: undefined });
const between = (service: ServiceName): readonly Stream[] => [
  { topic: `${service}.commands`, from: 'order', to: service },
  { topic: `${service}.events`, from: service, to: 'order' },
];

/** The participants, with the topics between each and the order service; then the order service's own. */
export const LANES: readonly { readonly service: ServiceName; readonly streams: readonly Stream[] }[] = [
  { service: 'payment', streams: [...between('payment'), mirrorOf('payment')] },
  {
    service: 'inventory',
    streams: [
      ...between('inventory'),
      { topic: 'inventory.catalogue', from: 'inventory', to: 'order' },
      mirrorOf('inventory'),
    ],
  },
  { service: 'shipping', streams: [...between('shipping'), mirrorOf('shipping')] },
  { service: 'order', streams: [mirrorOf('order')] },
];
