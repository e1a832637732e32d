import type { FailedMessage } from '../ports.js';
import type { MessageIdentity } from '../received-message.js';
import { Admission, NotAtOnce, undoes } from './admission.js';
import type { Admitted } from './admission.js';
import type { Batch, BatchPorts } from './batch.js';
import type { Delivery } from './delivery.js';
import type { Executor } from './executor.js';
import { heldOf } from './held-delivery.js';
import type { PreparedCall } from './outside-calls.js';

/**
 * Runs a batch as one transaction: admission (inbox, parked keys, row locks, what handlers read ahead), then handlers, then (as a hook of the
 * transaction) the flush of the outbox, COMMIT. All of it happens or nothing.
 */
export class BatchRunner<Tx> {
  readonly #admission: Admission<Tx>;

  constructor(
    private readonly group: string,
    private readonly ports: BatchPorts<Tx>,
    private readonly executor: Executor,
  ) {
    this.#admission = new Admission(group, ports, executor);
  }

  /**
   * @returns the calls that were prepared and now are to be made.
   * @throws BatchFailure naming the suspects, or the infrastructure's error.
   */
  async run(batch: Batch): Promise<readonly PreparedCall[]> {
    const locks = await this.executor.locks([...batch.ready, ...batch.toPrepare, ...batch.conclusions]);
    if (!undoes(batch)) {
      try {
        return await this.#handle((tx) => this.#admission.atOnce(tx, batch, locks));
      } catch (error) {
        if (!(error instanceof NotAtOnce)) throw error;
      }
    }
    return this.#handle((tx) => this.#admission.inTurn(tx, batch, locks));
  }

  #handle(admit: (tx: Tx) => Promise<Admitted>): Promise<readonly PreparedCall[]> {
    return this.ports.unitOfWork.transaction(async (tx) => {
      const admitted = await admit(tx);
      await this.executor.conclude(tx, admitted.conclusions);
      const prepared = await this.executor.invoke(tx, [...admitted.ready, ...admitted.toPrepare]);
      await Promise.all([this.#fail(tx, admitted.failed), this.#park(tx, admitted.parked)]);
      return prepared;
    });
  }

  async #fail(tx: Tx, failed: readonly Delivery[]): Promise<void> {
    const messages = failed.flatMap((delivery): FailedMessage[] =>
      delivery.failure === undefined ? [] : [{ ...heldOf(this.group, delivery), ...delivery.failure }],
    );
    if (messages.length === 0) return;
    const withDecision = (kind: FailedMessage['decision']['kind']): readonly MessageIdentity[] =>
      messages.filter(({ decision }) => decision.kind === kind).map(({ identity }) => identity);
    const retrying = [...withDecision('retry-later'), ...withDecision('postpone')];
    const dead = withDecision('dead-letter');
    await Promise.all([
      this.ports.failures.fail(tx, messages),
      retrying.length === 0 ? undefined : this.ports.inbox.mark(tx, this.group, retrying, 'retrying'),
      dead.length === 0 ? undefined : this.ports.inbox.mark(tx, this.group, dead, 'dead'),
    ]);
  }

  async #park(tx: Tx, parked: readonly Delivery[]): Promise<void> {
    if (parked.length === 0) return;
    await Promise.all([
      this.ports.failures.park(
        tx,
        parked.map((delivery) => heldOf(this.group, delivery)),
      ),
      this.ports.inbox.mark(
        tx,
        this.group,
        parked.map(({ read }) => read.identity),
        'parked',
      ),
    ]);
  }
}
