import { askPayloadStore } from '../../../ask-payload-store.js';
import type { BrokerRecord } from '../../../broker.js';
import { verifyPayload } from '../../../codec/payload-reference.js';
import type { PayloadReference } from '../../../codec/payload-reference.js';
import { PayloadCorrupt, PayloadMissing, PayloadStoreUnbound } from '../../../messaging.errors.js';
import type { PayloadStore } from '../../../payload-store.js';
import type { HandlerRegistry } from '../../handler-registry.js';
import { readRecordFor } from '../../read-record.js';
import type { ReadRecord } from '../../read-record.js';

/**
 * Reads a record whose payload lies in the store; any other record as {@link readRecordFor} does. A payload that is missing or
 * isn't the one that was sent, or a store that isn't bound, makes the record unreadable: no attempt could ever succeed.
 * @throws PayloadStoreUnavailable when the store can't be asked: try again, the message isn't to blame.
 */
export async function readByReference(
  store: PayloadStore | undefined,
  registry: HandlerRegistry,
  record: BrokerRecord,
  subscriber: string | undefined,
): Promise<ReadRecord> {
  const read = readRecordFor(registry, record, { subscriber });
  if (read.reading.kind !== 'by-reference') return read;
  const { handler, reference } = read.reading;
  try {
    return readRecordFor(registry, record, { subscriber, payload: await fetchPayload(store, reference) });
  } catch (error) {
    if (!isFinal(error)) throw error;
    return { ...read, reading: { kind: 'unreadable', error, handler } };
  }
}

/**
 * The payload that a reference stands for, verified.
 * @throws PayloadMissing, PayloadCorrupt, PayloadStoreUnbound, PayloadStoreUnavailable
 */
export async function fetchPayload(store: PayloadStore | undefined, reference: PayloadReference): Promise<Buffer> {
  if (store === undefined) throw new PayloadStoreUnbound(reference.id);
  const payload = await askPayloadStore(() => store.get(reference.id));
  if (payload === undefined) throw new PayloadMissing(reference.id);
  verifyPayload(reference, payload);
  return payload;
}

/** Asking again can't change it. */
export function isFinal(error: unknown): error is PayloadMissing | PayloadCorrupt | PayloadStoreUnbound {
  return error instanceof PayloadMissing || error instanceof PayloadCorrupt || error instanceof PayloadStoreUnbound;
}
