import type { FailedMessage, FailureStore, Inbox, RowLock, UnitOfWork } from '../ports.js';
import type { MessageIdentity, PlacedMessage } from '../received-message.js';
import type { Delivery } from './delivery.js';
import type { Executor } from './executor.js';
import type { Ready } from './handler-waves.js';
import { heldOf, isUndoing, undoingOf } from './held-delivery.js';
import { sequenceOf } from './key-id.js';
import type { Conclusion, PreparedCall } from './outside-calls.js';

/** The ports a batch works with; the application binds them. */
export interface BatchPorts<Tx> {
  readonly unitOfWork: UnitOfWork<Tx>;
  readonly inbox: Inbox<Tx>;
  readonly failures: FailureStore<Tx>;
}

/** What goes into one transaction. */
export interface Batch {
  /** For transactional handlers. */
  readonly ready: readonly Ready[];
  /** For the prepare phase of handlers with an outside call; each is the last of its key in the batch. */
  readonly toPrepare: readonly Ready[];
  readonly conclusions: readonly Conclusion[];
  /** Deliveries that have come to their end without success. */
  readonly failed: readonly Delivery[];
}

/** What is left to do once the guards of the transaction have answered. */
interface Admitted extends Batch {
  /** To be put behind their parked key; their inbox rows are claimed. */
  readonly parked: readonly Delivery[];
}

/**
 * Runs a batch as one transaction: inbox, then in a new statement the parked keys, then row locks, then what handlers read ahead
 * (all in one burst), then handlers, then (as a hook of the transaction) the flush of the outbox, COMMIT. All of it happens or nothing.
 * What a message undoes that is new is given up before the parked keys are read.
 */
export class BatchRunner<Tx> {
  constructor(
    private readonly group: string,
    private readonly ports: BatchPorts<Tx>,
    private readonly executor: Executor,
  ) {}

  /**
   * @returns the calls that were prepared and now are to be made.
   * @throws BatchFailure naming the suspects, or the infrastructure's error.
   */
  async run(batch: Batch): Promise<readonly PreparedCall[]> {
    const locks = await this.executor.locks([...batch.ready, ...batch.toPrepare, ...batch.conclusions]);
    return this.ports.unitOfWork.transaction(async (tx) => {
      const admitted = await this.#admit(tx, batch, locks);
      await this.executor.conclude(tx, admitted.conclusions);
      const prepared = await this.executor.invoke(tx, [...admitted.ready, ...admitted.toPrepare]);
      await Promise.all([this.#fail(tx, admitted.failed), this.#park(tx, admitted.parked)]);
      return prepared;
    });
  }

  /** Drops duplicates, sorts out what is parked. The order of the statements is what makes them safe. */
  async #admit(tx: Tx, batch: Batch, locks: readonly RowLock[]): Promise<Admitted> {
    const { inbox, failures, unitOfWork } = this.ports;
    const concluded = batch.conclusions.map(({ delivery }) => delivery);
    const claimable = [...batch.ready.map(({ delivery }) => delivery), ...batch.failed, ...concluded];
    const preparing = batch.toPrepare.map(({ delivery }) => delivery);
    const keyed = [...claimable.slice(0, claimable.length - concluded.length), ...preparing];
    const known = Promise.all([
      claimable.length === 0 ? [] : inbox.claim(tx, this.group, claimable.map(placeOf)),
      // An outcome that is known needs no call. The inbox row decides again when the call is concluded.
      preparing.length === 0 ? [] : inbox.seen(tx, this.group, preparing.map(identityOf)),
    ]);
    if (keyed.some(isUndoing)) {
      const [isNew, isSeen] = await known;
      const unknown = [
        ...claimable.filter((_, index) => isNew[index] === true),
        ...preparing.filter((_, index) => isSeen[index] !== true),
      ];
      await this.#supersede(tx, unknown.filter(isUndoing));
    }
    const [[isNew, isSeen], isParked] = await Promise.all([
      known,
      keyed.length === 0
        ? []
        : failures.parkedKeys(
            tx,
            this.group,
            keyed.map(({ record, read }) => sequenceOf(record, read.identity)),
          ),
      locks.length === 0 ? undefined : unitOfWork.lockRows(tx, locks),
      this.executor.read(tx, [...batch.ready, ...batch.toPrepare, ...batch.conclusions]),
    ]);
    const fresh = new Set(claimable.filter((_, index) => isNew[index] === true));
    const behind = new Set(keyed.filter((delivery, index) => isParked[index] === true && delivery.keyId !== undefined));
    const unseen = batch.toPrepare.filter((_, index) => isSeen[index] !== true);
    const parked = keyed.filter((delivery) => behind.has(delivery) && fresh.has(delivery));
    return {
      ready: batch.ready.filter(({ delivery }) => fresh.has(delivery) && !behind.has(delivery)),
      failed: batch.failed.filter((delivery) => fresh.has(delivery) && !behind.has(delivery)),
      conclusions: batch.conclusions.filter(({ delivery }) => fresh.has(delivery)),
      toPrepare: unseen.filter(({ delivery }) => !behind.has(delivery)),
      parked: [...parked, ...(await this.#claimUnprepared(tx, unseen, behind))],
    };
  }

  /** What an undoing undoes doesn't hold its key any more, whatever becomes of the undoing itself. A duplicate undoes nothing. */
  async #supersede(tx: Tx, undoings: readonly Delivery[]): Promise<void> {
    const { inbox, failures } = this.ports;
    const superseded = await failures.supersede(tx, this.group, undoings.map(undoingOf));
    if (superseded.length > 0) await inbox.mark(tx, this.group, superseded, 'superseded');
  }

  /** A message with an outside call is claimed when it is concluded; one that has to wait behind its key, now. */
  async #claimUnprepared(
    tx: Tx,
    toPrepare: readonly Ready[],
    behind: ReadonlySet<Delivery>,
  ): Promise<readonly Delivery[]> {
    const waiting = toPrepare.map(({ delivery }) => delivery).filter((delivery) => behind.has(delivery));
    if (waiting.length === 0) return [];
    const isNew = await this.ports.inbox.claim(tx, this.group, waiting.map(placeOf));
    return waiting.filter((_, index) => isNew[index] === true);
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
      this.ports.inbox.mark(tx, this.group, parked.map(identityOf), 'parked'),
    ]);
  }
}

function placeOf({ read: { identity }, record: { partition, position } }: Delivery): PlacedMessage {
  return { ...identity, lane: { partition, position } };
}

function identityOf(delivery: Delivery): MessageIdentity {
  return delivery.read.identity;
}
