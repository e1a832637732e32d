import { CircuitOpen } from '../messaging.errors.js';
import type { PayloadStore } from '../payload-store.js';
import type { HeldInspection, HeldMessage, HeldMessageRunner, HeldRun, HeldRunResult, UnitOfWork } from '../ports.js';
import type { ReceivedMessage } from '../received-message.js';
import { contextOf } from './batch-runner.js';
import type { Circuit } from './circuit.js';
import { decideFailure, DEFAULT_RETRY_POLICY, isMendable } from './decide-failure.js';
import type { HandlerRegistry } from './handler-registry.js';
import { inspectHeld } from './inspect-held.js';
import { circuitKeyOf } from './key-id.js';
import { makeCall, preparedCalls } from './outside-calls.js';
import { readByReference } from './read-by-reference.js';
import type { RegisteredHandler } from './registered-handler.js';
import { locksOf } from './row-locks.js';

class NotClaimed extends Error {}

/** Runs messages of the failure store, one at a time each, through the handlers of the consumer. */
export class HeldMessages<Tx> implements HeldMessageRunner<Tx> {
  constructor(
    private readonly options: {
      readonly group: string;
      readonly registry: HandlerRegistry;
      readonly unitOfWork: UnitOfWork<Tx>;
      readonly callTimeoutMs: number;
      readonly draining: AbortSignal;
      /** Where payloads lie that travel by reference. */
      readonly payloads?: PayloadStore | undefined;
    },
  ) {}

  async run(held: HeldMessage, { attempt, claim }: HeldRun<Tx>): Promise<HeldRunResult> {
    const read = await readByReference(this.options.payloads, this.options.registry, held.record).catch(asInterruption);
    if ('kind' in read) return read;
    const { reading } = read;
    if (reading.kind === 'by-reference') throw new TypeError('A payload was fetched and is still a reference');
    if (reading.kind === 'unreadable') return failed(reading.handler, reading.error, attempt);
    const circuit = reading.kind === 'message' ? reading.handler.circuit : undefined;
    const key = circuitKeyOf(held.record);
    if (circuit?.admits(key) === false) return postponed(circuit, new CircuitOpen(held.handler));
    try {
      if (reading.kind === 'skip') await this.#inClaim(claim, async () => {});
      else await this.#handle(reading.handler, { ...reading.message, attempt }, claim);
      return { kind: 'handled' };
    } catch (error) {
      if (error instanceof NotClaimed) return { kind: 'not-claimed' };
      if (this.options.unitOfWork.isTransient(error) || this.options.draining.aborted) {
        return { kind: 'interrupted', error };
      }
      const result = failed(reading.kind === 'message' ? reading.handler : undefined, error, attempt);
      const isOpen = circuit !== undefined && circuit.state !== 'closed';
      return isOpen && isMendable(result.decision) ? postponed(circuit, error) : result;
    } finally {
      circuit?.forgetProbe(key); // one that was heard of is none any more
    }
  }

  inspect({ record }: HeldMessage): Promise<HeldInspection> {
    return inspectHeld(this.options.registry, this.options.payloads, record);
  }

  async #handle(handler: RegisteredHandler, message: ReceivedMessage, claim: HeldRun<Tx>['claim']): Promise<void> {
    const { kind } = handler.definition;
    const { unitOfWork, group } = this.options;
    const lock = (tx: Tx): Promise<void> => unitOfWork.lockRows(tx, locksOf({ handler, message }));
    if (kind !== 'outside-call') {
      await this.#inClaim(claim, async (tx) => {
        await lock(tx);
        await handler.invoke(kind === 'single' ? message.data : [message], contextOf(tx, group, [message]));
      });
      return;
    }
    const prepared = await unitOfWork.transaction(async (tx) => {
      await lock(tx);
      return handler.invoke([message], contextOf(tx, group, [message]));
    });
    // The engine's plan, with this one message; a held message has no lane, so there is no delivery to settle.
    const [call] = preparedCalls(handler, [{ message }], prepared);
    if (call === undefined) throw new TypeError(`${handler.definition.name} prepared no call`);
    const result = await makeCall(call, this.options.callTimeoutMs, this.options.draining);
    await this.#inClaim(claim, async (tx) => {
      await lock(tx);
      await call.plan.conclude([{ message, result }], tx);
    });
  }

  async #inClaim(claim: HeldRun<Tx>['claim'], work: (tx: Tx) => Promise<void>): Promise<void> {
    await this.options.unitOfWork.transaction(async (tx) => {
      if (!(await claim(tx))) throw new NotClaimed();
      await work(tx);
    });
  }
}

/** The store can't be asked: nobody's attempt. */
function asInterruption(error: unknown): HeldRunResult & { readonly kind: 'interrupted' } {
  return { kind: 'interrupted', error };
}

/** The dependency is down: nobody's attempt. */
function postponed(circuit: Circuit, error: unknown): HeldRunResult {
  return { kind: 'interrupted', error, retryAfterMs: circuit.retryAfterMs };
}

function failed(
  handler: RegisteredHandler | undefined,
  error: unknown,
  attempts: number,
): HeldRunResult & { readonly kind: 'failed' } {
  const decision = decideFailure(handler?.policy ?? DEFAULT_RETRY_POLICY, error, attempts);
  return { kind: 'failed', error, attempts, decision };
}
