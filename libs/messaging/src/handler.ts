import type { MessageContract } from './contract.js';
import type { RetryPolicy, RowLock } from './ports.js';
import type { ReceivedMessage } from './received-message.js';

/** What a handler gets beside its messages; Nest's `@Ctx()`. */
export interface MessageContext<Tx = unknown, Data = unknown> {
  /** The batch's transaction: inbox row, this handler's writes and the messages it sends commit together. */
  readonly tx: Tx;
  readonly group: string;
  /** The messages of this call; exactly one for a `@MessageHandler`. */
  readonly messages: readonly ReceivedMessage<Data>[];
  /** The first of {@link messages}; the message of a `@MessageHandler`. */
  readonly message: ReceivedMessage<Data>;
}

export interface HandlerOptions<Data = unknown> {
  /** The rows this handler will change. Locked for the whole batch, sorted, before any handler runs. @default none */
  readonly locks?: (message: ReceivedMessage<Data>) => readonly RowLock[];
  /**
   * Names a method of the same controller, `(messages, tx) => Promise<unknown>`, that reads what handlers will need. It is called once
   * for all messages of a batch whose handlers name it, those included whose outside call is to be concluded, before any of them, so
   * that its statements travel with those of the inbox and of the locks, and the batch waits for the database once. It also gets messages that turn out to be duplicates or parked, and
   * isn't called before an outside call that is made for a replay: so it changes nothing and keeps what it reads in the transaction's
   * session, and handlers read what isn't there. @default none
   */
  readonly reads?: string;
  /**
   * Names this handler among several of one event in this service. Each of them handles every message once, whatever becomes of it
   * in the others: inbox row, attempts, dead letters and the order of its keys are its own. Handlers of several events that share a
   * name share that order. One handler of an event may have none: the first one. Never change it: what was handled under the old
   * name may be handled again under the new one. Lower-case letters, digits and hyphens, at most 63. @default none
   */
  readonly subscriber?: string;
  /** Overrides of the group's retry policy. */
  readonly retry?: Partial<RetryPolicy>;
  /**
   * Limits the calls that are in flight at once by how they go. While what the handler calls is down, its messages wait in the
   * failure store, no attempt counted. @default true for outside calls, false for the others
   */
  readonly callLimit?: boolean;
  /** Errors that no retry can fix: dead-lettered at once. @default none beside the engine's own (invalid data, refusals by pipes and guards) */
  readonly nonRetryable?: (error: unknown) => boolean;
  /**
   * Names, without version, of messages of the same topic and key that the one handled here undoes, as it arrives: it supersedes
   * them where they are held back, as a contract's `undoes` does, for this handler alone and in the contract's place. @default the contract's
   */
  readonly undoes?: () => readonly string[];
  /**
   * Errors of what this process can't do, and another one, or a later release, can: in how many milliseconds the message is tried
   * again, by any replica. Its key waits, no attempt is counted, and it never becomes a dead letter by that. @default none
   */
  readonly postponeMs?: (error: unknown) => number | undefined;
}

/** One call to the outside for one message. `signal` aborts at the call's deadline or when the service drains. */
export type OutsideCall<Result> = (signal: AbortSignal) => Promise<Result>;

export interface CalledMessage<Result, Data = unknown> {
  readonly message: ReceivedMessage<Data>;
  readonly result: Result;
}

/**
 * What an outside-call handler returns from its prepare phase: the calls that its durable intents ask for, and how to
 * conclude them. The engine makes the calls outside any transaction, concurrently across keys, and concludes whichever
 * have ended together, in one transaction with their inbox rows and outgoing messages.
 */
export interface OutsideCalls<Result, Tx, Data = unknown> {
  /** One for each message of the prepare phase, in its order. */
  readonly calls: readonly OutsideCall<Result>[];
  /**
   * Return the same function from every prepare phase (a property, not a closure made there) where it needs nothing but
   * `called`: then the calls of several phases that have ended together are concluded by one call of it.
   */
  conclude(called: readonly CalledMessage<Result, Data>[], tx: Tx): Promise<void>;
}

/** How a handler's method is called. */
export type HandlerKind = 'single' | 'batch' | 'outside-call';

/** Everything the engine knows about a handler, carried through Nest as the pattern's extras. */
export interface HandlerDefinition<Data = unknown> {
  readonly kind: HandlerKind;
  readonly contract: MessageContract<Data>;
  readonly options: HandlerOptions<Data>;
  /** `Controller.method`. */
  readonly name: string;
}
