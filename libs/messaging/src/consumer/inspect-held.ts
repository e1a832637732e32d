import { parseMessageType } from '../codec/message-type.js';
import type { MessageContract } from '../contract.js';
import type { PayloadStore } from '../payload-store.js';
import type { HeldInspection, HeldMessage } from '../ports.js';
import { fetchPayload, isFinal } from './gates/payload/read-by-reference.js';
import type { HandlerRegistry } from './handler-registry.js';
import { readRecordFor } from './read-record.js';
import type { ReadRecord } from './read-record.js';

/**
 * Reads a held message as an attempt would, and says what came of it.
 * @throws PayloadStoreUnavailable where its payload lies in a store that can't be asked now.
 */
export async function inspectHeld(
  registry: HandlerRegistry,
  store: PayloadStore | undefined,
  { record, identity: { subscriber } }: HeldMessage,
): Promise<HeldInspection> {
  const first = readRecordFor(registry, record, { subscriber });
  if (first.reading.kind !== 'by-reference') return inspectionOf(first);
  const { handler, reference } = first.reading;
  try {
    const payload = await fetchPayload(store, reference);
    return { ...inspectionOf(readRecordFor(registry, record, { subscriber, payload })), payload };
  } catch (error) {
    if (!isFinal(error)) throw error;
    return inspectionOf({ ...first, reading: { kind: 'unreadable', error, handler } });
  }
}

function inspectionOf({ reading, type }: ReadRecord): HeldInspection {
  if (reading.kind === 'skip') return { handler: undefined, contract: undefined, upcasts: [] };
  const definition = reading.handler?.definition;
  const found = { handler: definition?.name, contract: definition?.contract };
  const upcasts = definition === undefined ? [] : stepsFrom(type, definition.contract);
  if (reading.kind === 'message') return { ...found, upcasts, data: reading.message.data };
  return reading.kind === 'by-reference'
    ? { ...found, upcasts }
    : { ...found, upcasts, unreadable: codeOf(reading.error) };
}

/** The steps that there are, up to the contract's version or the first one missing. */
function stepsFrom(type: string | undefined, { name, version, upcasters }: MessageContract): readonly string[] {
  const steps: string[] = [];
  let from = parseMessageType(type ?? '')?.version ?? version;
  for (; from < version && upcasters.has(from); from += 1) steps.push(`${name}.v${from}→${name}.v${from + 1}`);
  return steps;
}

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
