import { publishedId } from '@waybill/messaging';
import type { ReceivedMessage } from '@waybill/messaging';
import type { SagaProgress, SagaTransition } from '@waybill/saga';

import type { TimelineEntry } from './timeline.js';

const SERVICE = 'order';

/**
 * An event of a participant, as the order service took it.
 * @param takenAtMs when it did, in milliseconds since 1970: the participant's clock may be fast, but it happened before that
 */
export function eventEntry({ envelope, data }: ReceivedMessage, takenAtMs: number): TimelineEntry {
  return {
    at: new Date(Math.min(Date.parse(envelope.time), takenAtMs)).toISOString(),
    service: envelope.source.replace(/^\//, ''),
    kind: 'event',
    type: envelope.type,
    messageId: publishedId(envelope),
    causationId: envelope.causationId ?? null,
    detail: detailOf(data),
  };
}

/**
 * What one input did: the saga's turning points and the commands it sent. A step's start and end aren't told apart from
 * the command and the event that say so.
 */
export function progressEntries({ transitions }: SagaProgress, causationId: string | null): readonly TimelineEntry[] {
  return transitions
    .filter(({ kind }) => kind !== 'step-done' && kind !== 'step-compensated')
    .map((transition) => entryOf(transition, causationId));
}

/** Of an order whose customer is erased: without what a participant says, in its answer or as the reason of a failure. */
export function withoutWords(entry: TimelineEntry): TimelineEntry {
  const { kind, detail } = entry;
  if (detail === null || kind === 'command') return entry;
  if (kind === 'event') return { ...entry, detail: null };
  const { error: _error, failure: _failure, ...rest } = detail;
  return { ...entry, detail: filled(rest) };
}

function entryOf(transition: SagaTransition, causationId: string | null): TimelineEntry {
  const at = new Date(transition.at).toISOString();
  if ('command' in transition) {
    const { step, attempts, command } = transition;
    const { id: messageId, type } = command;
    const detail = { step, attempt: attempts };
    return { at, service: SERVICE, causationId, kind: 'command', type, messageId, detail };
  }
  const { kind: type, at: _, ...detail } = transition;
  return { at, service: SERVICE, causationId, kind: 'saga', type, messageId: null, detail: filled(detail) };
}

/** The data that says what happened; not the order's own lines and id again, and no personal data is in an answer. */
function detailOf(data: unknown): TimelineEntry['detail'] {
  if (typeof data !== 'object' || data === null) return null;
  const { orderId: _id, items: _items, ...detail } = data as Record<string, unknown>; // parsed by its contract
  return filled(detail);
}

function filled(detail: Record<string, unknown>): TimelineEntry['detail'] {
  return Object.keys(detail).length > 0 ? detail : null;
}
