import type { PayloadStore } from '../payload-store.js';
import type { HeldInspection, HeldMessage, HeldMessageRunner, HeldRun, HeldRunResult, UnitOfWork } from '../ports.js';
import { BatchFailure } from './batch-failure.js';
import { isDependencys } from './compose-batch.js';
import { decideFailure, DEFAULT_RETRY_POLICY, isMendable } from './decide-failure.js';
import { CallFailed, Executor } from './executor.js';
import type { Gate, HeldTask } from './gate.js';
import type { CallSlot } from './gates/call-limit/call-slot.js';
import type { HandlerRegistry } from './handler-registry.js';
import type { Runnable } from './handler-waves.js';
import { HeldTransactions, NotClaimed } from './held-transactions.js';
import { inspectHeld } from './inspect-held.js';
import { readRecordFor } from './read-record.js';
import type { RegisteredHandler } from './registered-handler.js';
import type { RunningHandlers } from './running-handlers.js';

/** Runs messages of the failure store, each by itself as far as anybody can tell, through the gates and handlers of the consumer. */
export class HeldMessages<Tx> implements HeldMessageRunner<Tx> {
  readonly #executor: Executor;
  readonly #transactions: HeldTransactions<Tx>;

  constructor(
    private readonly options: {
      readonly group: string;
      readonly registry: HandlerRegistry;
      readonly unitOfWork: UnitOfWork<Tx>;
      readonly gates: readonly Gate[];
      readonly running: RunningHandlers;
      readonly callTimeoutMs: number;
      readonly draining: AbortSignal;
      /** Where payloads lie that travel by reference. */
      readonly payloads?: PayloadStore | undefined;
    },
  ) {
    this.#executor = new Executor(options.group, options.unitOfWork, options.running);
    this.#transactions = new HeldTransactions(options.unitOfWork, this.#executor);
  }

  async run(held: HeldMessage, run: HeldRun<Tx>): Promise<HeldRunResult> {
    let next = (task: HeldTask<Tx>): Promise<HeldRunResult> => this.#run(task);
    for (const gate of this.options.gates.toReversed()) {
      const inner = next;
      if (gate.aroundHeld) next = (task) => gate.aroundHeld?.(task, inner) ?? inner(task);
    }
    const { record, replaces, identity } = held;
    const read = readRecordFor(this.options.registry, record, { subscriber: identity.subscriber, replaces });
    return next({ held, run, read });
  }

  inspect(held: HeldMessage): Promise<HeldInspection> {
    return inspectHeld(this.options.registry, this.options.payloads, held);
  }

  async #run({ run, read: { reading }, slot }: HeldTask<Tx>): Promise<HeldRunResult> {
    if (reading.kind === 'by-reference') throw new TypeError('A payload was fetched and is still a reference');
    if (reading.kind === 'unreadable') return failed(reading.handler, reading.error, run.attempt);
    const handler = reading.kind === 'message' ? reading.handler : undefined;
    try {
      if (reading.kind === 'skip') await this.#transactions.run(run.claim);
      else {
        const message = { ...reading.message, attempt: run.attempt };
        await this.#handle({ handler: reading.handler, message, keyId: undefined }, run, slot);
      }
      return { kind: 'handled' };
    } catch (thrown) {
      const ofCall = thrown instanceof CallFailed;
      const error = thrown instanceof BatchFailure ? thrown.reason : ofCall ? thrown.cause : thrown;
      if (error instanceof NotClaimed) return { kind: 'not-claimed' };
      // A failed call is never taken for a fault of the database, whatever it is refused with.
      if ((!ofCall && this.options.unitOfWork.isTransient(error)) || this.options.draining.aborted) {
        return { kind: 'interrupted', error };
      }
      const result = failed(handler, error, run.attempt);
      const { decision } = result;
      if (decision.kind === 'postpone') return { kind: 'interrupted', error, retryAfterMs: decision.delayMs };
      const isDown = handler?.callLimit?.isDown === true && isDependencys(handler, ofCall ? 'call' : 'transaction');
      // The dependency is down: no attempt is counted.
      return isDown && isMendable(decision)
        ? { kind: 'interrupted', error, retryAfterMs: handler.callLimit?.putOffMs('failed') ?? 0 }
        : result;
    }
  }

  /** A held message has no lane, and its claim stands for the inbox. */
  async #handle(item: Runnable, { claim, onCalling }: HeldRun<Tx>, slot: CallSlot | undefined): Promise<void> {
    if (item.handler.definition.kind !== 'outside-call') return this.#transactions.run(claim, item);
    const { unitOfWork, callTimeoutMs, draining } = this.options;
    const locks = await this.#executor.locks([item]);
    const [prepared] = await unitOfWork.transaction(async (tx) => {
      if (locks.length > 0) await unitOfWork.lockRows(tx, locks);
      return this.#executor.invoke(tx, [item]);
    });
    if (prepared === undefined) throw new TypeError(`${item.handler.definition.name} prepared no call`);
    onCalling?.();
    const result = await this.#executor.call(prepared, slot, callTimeoutMs, draining);
    await unitOfWork.transaction(async (tx) => {
      if (!(await claim(tx))) throw new NotClaimed([item]);
      if (locks.length > 0) await unitOfWork.lockRows(tx, locks);
      await this.#executor.conclude(tx, [{ ...prepared, result }]);
    });
  }
}

function failed(
  handler: RegisteredHandler | undefined,
  error: unknown,
  attempts: number,
): HeldRunResult & { readonly kind: 'failed' } {
  const decision = decideFailure(handler?.policy ?? DEFAULT_RETRY_POLICY, error, attempts);
  return { kind: 'failed', error, attempts, decision };
}
