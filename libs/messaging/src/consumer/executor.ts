import type { MessageContext } from '../handler.js';
import { HandlerTimedOut } from '../messaging.errors.js';
import type { RowLock, UnitOfWork } from '../ports.js';
import type { ReceivedMessage } from '../received-message.js';
import { blaming } from './batch-failure.js';
import { decideFailure, isMendable } from './decide-failure.js';
import { callBegin, callEnd, messagesHandle } from './diagnostics.js';
import type { CallSlot } from './gates/call-limit/call-slot.js';
import { handlerCalls } from './handler-waves.js';
import type { Runnable } from './handler-waves.js';
import { groupByConclude, makeCall, preparedCalls } from './outside-calls.js';
import type { CalledPlan, PlannedCall } from './outside-calls.js';
import type { ReadAhead } from './registered-handler.js';
import type { RunningHandlers } from './running-handlers.js';

/** An outside call failed; `cause` is what it failed with. */
export class CallFailed extends Error {
  constructor(cause: unknown) {
    super('An outside call failed', { cause });
  }
}

/**
 * Runs handlers, wherever the messages come from: lanes in batches, the failure store one by one. Lock → invoke → call (outside any
 * transaction) → conclude. What is thrown on the way is a BatchFailure that names the suspects.
 */
export class Executor {
  constructor(
    private readonly group: string,
    private readonly unitOfWork: Pick<UnitOfWork<unknown>, 'abandon' | 'assertIntact'>,
    private readonly running: RunningHandlers,
  ) {}

  /** The rows that the handlers declare for these messages. */
  async locks(items: readonly Runnable[]): Promise<readonly RowLock[]> {
    const locks: RowLock[] = [];
    for (const item of items) {
      const { options } = item.handler.definition;
      if (options.locks) await blaming([item], async () => locks.push(...(options.locks?.(item.message) ?? [])));
    }
    return locks;
  }

  /**
   * Lets handlers read ahead what they need for all these messages. `at once`: issues all statements before it waits. `in turn`: each reader
   * has statements of its own, so that its error is its own, too; statements of one turn may travel as one.
   */
  async read(tx: unknown, items: readonly Runnable[], how: 'at once' | 'in turn'): Promise<void> {
    const together = new Map<ReadAhead, Runnable[]>();
    for (const item of items) {
      const { read } = item.handler;
      if (read && together.get(read)?.push(item) === undefined) together.set(read, [item]);
    }
    const reading = ([read, of]: readonly [ReadAhead, readonly Runnable[]]): Promise<unknown> => {
      const messages = of.map(({ message }) => message);
      return blaming(of, () => read(messages, tx));
    };
    if (how === 'at once')
      await Promise.all([...together].map((each) => this.#inTime(tx, each[1], () => reading(each))));
    else for (const each of together) await this.#run(tx, each[1], () => reading(each));
  }

  /**
   * Runs transactional handlers, and of handlers with an outside call the prepare phase.
   * @returns the calls that are to be made once the transaction has committed.
   */
  async invoke<Item extends Runnable>(tx: unknown, items: readonly Item[]): Promise<readonly (Item & PlannedCall)[]> {
    this.#tellHandle(tx, items);
    const planned: (Item & PlannedCall)[] = [];
    for (const { handler, items: together } of handlerCalls(items)) {
      const { kind } = handler.definition;
      const messages = together.map(({ message }) => message);
      await this.#run(tx, together, async () => {
        const payload = kind === 'single' ? messages[0]?.data : messages;
        const returned = await handler.invoke(payload, this.#context(tx, messages));
        if (kind === 'outside-call') planned.push(...preparedCalls(handler, together, returned));
      });
    }
    return planned;
  }

  /**
   * Outside any transaction. An error that no retry can fix says nothing about the dependency.
   * @throws CallFailed
   */
  async call(
    planned: PlannedCall,
    slot: CallSlot | undefined,
    timeoutMs: number,
    draining: AbortSignal,
  ): Promise<unknown> {
    const point = () => ({ group: this.group, handler: planned.handler.definition.name, message: planned.message });
    callBegin.tell(point);
    try {
      const result = await makeCall(planned, timeoutMs, draining);
      slot?.succeeded();
      return result;
    } catch (error) {
      const isDependencys = !draining.aborted && isMendable(decideFailure(planned.handler.policy, error, 1));
      if (isDependencys) slot?.failed();
      else slot?.release();
      throw new CallFailed(error);
    } finally {
      callEnd.tell(point);
    }
  }

  async conclude(tx: unknown, called: readonly CalledPlan[]): Promise<void> {
    this.#tellHandle(tx, called);
    for (const together of groupByConclude(called)) {
      await this.#run(tx, together, async () => together[0]?.plan.conclude(together, tx));
    }
  }

  /** One handler's part of the transaction, which ends in time and leaves it as good as it was. */
  #run<Result>(tx: unknown, items: readonly Runnable[], part: () => Promise<Result>): Promise<Result> {
    return blaming(items, async () => {
      const result = await this.#inTime(tx, items, part);
      await this.unitOfWork.assertIntact?.(tx);
      return result;
    });
  }

  async #inTime<Result>(tx: unknown, items: readonly Runnable[], part: () => Promise<Result>): Promise<Result> {
    try {
      return await this.running.run(items, part);
    } catch (error) {
      if (error instanceof HandlerTimedOut) this.unitOfWork.abandon?.(tx);
      throw error;
    }
  }

  #tellHandle(transaction: unknown, items: readonly Runnable[]): void {
    if (items.length === 0) return;
    messagesHandle.tell(() => ({ group: this.group, transaction, messages: items.map(({ message }) => message) }));
  }

  #context(tx: unknown, messages: readonly ReceivedMessage[]): MessageContext {
    const [message] = messages;
    if (message === undefined) throw new RangeError('A handler is called with at least one message');
    return { tx, group: this.group, messages, message };
  }
}
