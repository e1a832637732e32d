import type { HeldMessage } from '../ports.js';
import type { Delivery } from './delivery.js';

/** What the failure store needs to know of a delivery. */
export function heldOf(group: string, { record, read }: Delivery): HeldMessage {
  const handler = read.reading.kind === 'skip' ? undefined : read.reading.handler;
  return { group, identity: read.identity, record, handler: handler?.definition.name, type: read.type };
}
