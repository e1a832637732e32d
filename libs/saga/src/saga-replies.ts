import { Controller, Inject, type Type } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import type { Transaction } from '@waybill/database';
import {
  BatchMessageHandler,
  type MessageContext,
  type MessageContract,
  type ReadingProgress,
  type ReceivedMessage,
  type Restoration,
} from '@waybill/messaging';

import { type ReplyProgress, SAGA_LISTENER, type SagaListener } from './ports.js';
import type { SagaDefinition } from './saga-definition.js';
import { SagaEngine } from './saga-engine.js';
import {
  InvalidSagaDefinitionError,
  ReplyRefusedError,
  RestorationUnderWayError,
  UnknownSagaVersionError,
} from './saga.errors.js';

/** How soon an answer is tried again that is for an instance of a version which this build doesn't know. */
const OTHER_RELEASE_MS = 2_000;
/**
 * How soon to look again whether an older copy has read everything again: as long as between two comparisons of the lanes. All orders of
 * the copy may wait, and are spread, so that they leave room for other messages that are tried again.
 */
const READ_AGAIN_MS = 10_000;
const SPREAD_MS = 5_000;

/** Takes the answers of participants: all of a kind in a batch at once. */
@Controller()
class RepliesController {
  constructor(
    private readonly engine: SagaEngine,
    @Inject(SAGA_LISTENER) private readonly listener: SagaListener,
  ) {}

  async read(messages: readonly ReceivedMessage[], tx: Transaction): Promise<void> {
    await Promise.all([this.engine.read(tx, messages), this.listener.readAhead?.(tx, messages)]);
  }

  async take(messages: readonly ReceivedMessage[], { tx }: MessageContext<Transaction>): Promise<void> {
    await this.listener.sagasProgressed(tx, await this.engine.handle(tx, messages));
  }
}

/**
 * A controller with one handler for each reply that a definition awaits, as if it had been written by hand. While the database is an older
 * copy, an answer to an undoing gives up what is held of its lane that would lead past the pivot: it would wait behind that otherwise,
 * and turn the saga round too late.
 * @throws InvalidSagaDefinitionError where two definitions await a reply in different versions: there is one parser of each.
 */
export function sagaReplies(
  definitions: readonly SagaDefinition[],
  subscriber?: string,
  restoration: () => Restoration = () => ({ state: 'none' }),
): Type {
  class SagaReplies extends RepliesController {}
  for (const contract of awaitedContracts(definitions)) {
    const overtaken = overtakenBy(definitions, contract);
    const undoes = overtaken.length === 0 ? {} : { undoes: () => (restoration().state === 'none' ? [] : overtaken) };
    handle(SagaReplies, contract, { ...undoes, ...(subscriber !== undefined && { subscriber }) });
  }
  return SagaReplies;
}

/** Of an answer to an undoing: what lies on its lane and leads past the pivot. */
function overtakenBy(definitions: readonly SagaDefinition[], { name, topic }: MessageContract): readonly string[] {
  const undone = definitions.filter(({ replies }) => replies.get(name)?.phase === 'compensation');
  const last = undone.flatMap(({ steps }) => steps[steps.findIndex(({ pivot }) => pivot) - 1]?.replies ?? []);
  const passing = last.filter(({ outcome, contract }) => outcome === 'done' && contract.topic === topic);
  return [...new Set(passing.map(({ contract }) => contract.name))];
}

interface ReplyOptions {
  readonly subscriber?: string;
  readonly undoes?: () => readonly string[];
}

function handle({ prototype }: Type<RepliesController>, contract: MessageContract, more: ReplyOptions): void {
  const { name } = contract;
  const value = function takeAll(
    this: RepliesController,
    messages: readonly ReceivedMessage[],
    context: MessageContext,
  ) {
    return this.take(messages, context as MessageContext<Transaction>); // the service binds Database as its unit of work
  };
  const descriptor = { value, configurable: true, writable: true };
  const nonRetryable = (error: unknown): boolean =>
    error instanceof ReplyRefusedError || (error instanceof UnknownSagaVersionError && !error.isOfLaterRelease);
  // While a release is rolled out, its replicas start sagas whose answers reach those of the release before, too.
  const postponeMs = (error: unknown): number | undefined => {
    if (error instanceof RestorationUnderWayError) return READ_AGAIN_MS + Math.random() * SPREAD_MS;
    return error instanceof UnknownSagaVersionError ? OTHER_RELEASE_MS : undefined;
  };
  BatchMessageHandler(contract, { nonRetryable, postponeMs, reads: 'read', ...more })(prototype, name, descriptor);
  Payload()(prototype, name, 0);
  Ctx()(prototype, name, 1);
  Object.defineProperty(prototype, name, descriptor);
}

/**
 * How far these handlers have come, and no others of the same events. Nothing counts as read before it is known whether the database is
 * an older copy: until then it isn't known either what of the answers was lost.
 */
export function replyProgress(
  progress: ReadingProgress,
  restoration: () => Restoration,
  definitions: readonly SagaDefinition[],
  subscriber?: string,
): ReplyProgress {
  const topics = [...new Set([...awaitedContracts(definitions)].map(({ topic }) => topic))].sort();
  return {
    read: async () => {
      const isKnown = restoration().state !== 'unknown'; // first: losses are reported by then
      const reading = await progress.read(topics);
      return isKnown ? reading : { ...reading, hasRead: () => false };
    },
    waiting: (tx, ids) => progress.waiting(tx, topics, ids, subscriber),
  };
}

function awaitedContracts(definitions: readonly SagaDefinition[]): Iterable<MessageContract> {
  const contracts = new Map<string, MessageContract>();
  for (const definition of definitions) {
    for (const [name, { reply }] of definition.replies) {
      const known = contracts.get(name) ?? reply.contract;
      if (known.type !== reply.contract.type || known.topic !== reply.contract.topic) {
        const fault = `it awaits ${reply.contract.type}, another definition awaits ${known.type}; use one contract`;
        throw new InvalidSagaDefinitionError(`${definition.name} v${definition.version}`, [fault]);
      }
      contracts.set(name, known);
    }
  }
  return contracts.values();
}
