import type { ReceivedMessage } from '@waybill/messaging';
import type { SagaDefinition, SagaProgress, SagaTransition } from '@waybill/saga';

import type { TimelineEntry } from './timeline.js';

const SERVICE = 'order';

/** An event of a participant, as the order service took it. */
export function eventEntry({ envelope, data }: ReceivedMessage): TimelineEntry {
  return {
    at: envelope.time,
    service: envelope.source.replace(/^\//, ''),
    kind: 'event',
    type: envelope.type,
    messageId: envelope.id,
    causationId: envelope.causationId ?? null,
    detail: detailOf(data),
  };
}

/**
 * What one input did: the saga's turning points and the commands it sent. A step's start and end aren't told apart from
 * the command and the event that say so.
 */
export function progressEntries(
  progress: SagaProgress,
  definition: SagaDefinition,
  causationId: string | null,
): readonly TimelineEntry[] {
  return progress.transitions.flatMap((transition): TimelineEntry[] => {
    const at = new Date(transition.at).toISOString();
    const command = commandEntry(progress, definition, transition, { at, causationId });
    if (command) return [command];
    if (transition.kind === 'step-done' || transition.kind === 'step-compensated') return [];
    const { kind: type, at: _, ...detail } = transition;
    return [{ at, service: SERVICE, kind: 'saga', type, messageId: null, causationId, detail: filled(detail) }];
  });
}

function commandEntry(
  { instance }: SagaProgress,
  definition: SagaDefinition,
  transition: SagaTransition,
  { at, causationId }: { readonly at: string; readonly causationId: string | null },
): TimelineEntry | undefined {
  const { kind } = transition;
  if (kind !== 'step-started' && kind !== 'step-compensating' && kind !== 'command-resent') return undefined;
  const step = definition.steps.find(({ name }) => name === transition.step);
  const state = instance.steps.find(({ name }) => name === transition.step);
  if (!step || !state) return undefined;
  const undoing = state.status === 'COMPENSATING' ? step.compensation : undefined;
  const { contract } = (undoing ?? step).command(instance.data);
  return {
    at,
    service: SERVICE,
    kind: 'command',
    type: contract.type,
    messageId: state.commandId ?? null,
    causationId,
    detail: { step: step.name, attempt: state.attempts },
  };
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
