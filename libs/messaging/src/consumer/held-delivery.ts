import type { HeldMessage, Undoing } from '../ports.js';
import type { Delivery } from './delivery.js';
import { sequenceOf } from './key-id.js';

/** What the failure store needs to know of a delivery. */
export function heldOf(group: string, delivery: Delivery): HeldMessage {
  const { record, read } = delivery;
  const handler = read.reading.kind === 'skip' ? undefined : read.reading.handler;
  const undoes = undoneBy(delivery);
  return {
    group,
    identity: read.identity,
    record,
    handler: handler?.definition.name,
    type: read.type,
    ...(undoes.length === 0 ? {} : { undoes }),
  };
}

/** Only a message that can be read undoes anything. */
export function isUndoing(delivery: Delivery): boolean {
  return undoneBy(delivery).length > 0;
}

export function undoingOf(delivery: Delivery): Undoing {
  const { record, read } = delivery;
  const { topic, key, subscriber } = sequenceOf(record, read.identity);
  return {
    topic,
    key,
    ...(subscriber !== undefined && { subscriber }),
    identity: read.identity,
    undoes: undoneBy(delivery),
  };
}

function undoneBy({ read: { reading } }: Delivery): readonly string[] {
  if (reading.kind !== 'message') return [];
  const { contract, options } = reading.handler.definition;
  return options.undoes?.() ?? contract.undoes ?? [];
}
