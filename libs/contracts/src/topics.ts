import type { TopicSpec } from '@waybill/messaging';

export const TOPIC = {
  paymentCommands: 'payment.commands',
  paymentEvents: 'payment.events',
  inventoryCommands: 'inventory.commands',
  inventoryEvents: 'inventory.events',
  catalogue: 'inventory.catalogue',
  shippingCommands: 'shipping.commands',
  shippingEvents: 'shipping.events',
} as const;

/** Every topic of the system. A service creates those it reads or writes. */
export const topics: Readonly<Record<keyof typeof TOPIC, TopicSpec>> = {
  paymentCommands: { name: TOPIC.paymentCommands, kind: 'command' },
  paymentEvents: { name: TOPIC.paymentEvents, kind: 'event' },
  inventoryCommands: { name: TOPIC.inventoryCommands, kind: 'command' },
  inventoryEvents: { name: TOPIC.inventoryEvents, kind: 'event' },
  // Kept for ever: an order service that starts on an empty database years later must find every product.
  catalogue: { name: TOPIC.catalogue, kind: 'event', retentionMs: -1 },
  shippingCommands: { name: TOPIC.shippingCommands, kind: 'command' },
  shippingEvents: { name: TOPIC.shippingEvents, kind: 'event' },
};
