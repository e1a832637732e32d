import type { RowLock } from '../ports.js';
import type { MessageIdentity, PlacedMessage } from '../received-message.js';
import { BatchFailure } from './batch-failure.js';
import type { Batch, BatchPorts } from './batch.js';
import type { Delivery } from './delivery.js';
import type { Executor } from './executor.js';
import type { Ready } from './handler-waves.js';
import { isUndoing, undoingOf } from './held-delivery.js';
import { sequenceOf } from './key-id.js';

/** What is left to do of a batch once the guards of its transaction have answered. */
export interface Admitted extends Batch {
  /** To be put behind their parked key; their inbox rows are claimed. */
  readonly parked: readonly Delivery[];
}

/** The transaction is to be rolled back, and the batch admitted in turn. */
export class NotAtOnce extends Error {
  constructor(cause?: unknown) {
    super('A batch was not admitted at once', { cause });
  }
}

/**
 * Drops duplicates of a batch, sorts out what is parked, locks the rows that handlers declare and lets them read ahead. It waits for a rival that has
 * one of the messages, and for an unparking of one of the keys; what is read of a key must be as it is after that.
 *
 * Mostly there is nobody to wait for. So everything is first asked for {@link atOnce}, and its statements may share one, which sees the database as
 * it was before all of them. If every message is new and no key was parked then, nobody else has worked on these keys since: a rival would have
 * had one of the messages, and what is held runs while its key is parked. In every other case it is done again {@link inTurn}.
 */
export class Admission<Tx> {
  constructor(
    private readonly group: string,
    private readonly ports: BatchPorts<Tx>,
    private readonly executor: Executor,
  ) {}

  /**
   * Not for a batch that undoes something.
   * @throws NotAtOnce unless that was enough; the infrastructure's error.
   */
  async atOnce(tx: Tx, batch: Batch, locks: readonly RowLock[]): Promise<Admitted> {
    const { failures, unitOfWork } = this.ports;
    const { keyed } = membersOf(batch);
    try {
      const [[isNew, isSeen], isAnyParked] = await Promise.all([
        this.#known(tx, batch),
        keyed.length > 0 && failures.isAnyParked(tx, this.group, keyed.map(keyOf)),
        this.#lockAndRead(tx, batch, locks, 'at once'),
      ]);
      await unitOfWork.assertIntact?.(tx); // those that read ahead at once share the blame
      if (isAnyParked || isNew.includes(false)) throw new NotAtOnce();
      return { ...batch, toPrepare: batch.toPrepare.filter((_, index) => isSeen[index] !== true), parked: [] };
    } catch (error) {
      // What is to blame is found where each has a statement of its own.
      const reason = error instanceof BatchFailure ? error.reason : error;
      throw unitOfWork.isTransient(reason) || error instanceof NotAtOnce ? error : new NotAtOnce(error);
    }
  }

  /** The order of the statements is what makes them safe. What a message undoes that is new is given up before the parked keys are read. */
  async inTurn(tx: Tx, batch: Batch, locks: readonly RowLock[]): Promise<Admitted> {
    const { claimable, preparing, keyed } = membersOf(batch);
    const [isNew, isSeen] = await this.#known(tx, batch);
    const fresh = new Set(claimable.filter((_, index) => isNew[index] === true));
    const unseen = new Set(preparing.filter((_, index) => isSeen[index] !== true));
    if (undoes(batch)) await this.#supersede(tx, [...fresh, ...unseen].filter(isUndoing));
    const [isParked] = await Promise.all([
      keyed.length === 0 ? [] : this.ports.failures.parkedKeys(tx, this.group, keyed.map(keyOf)),
      this.#lockAndRead(tx, batch, locks, 'in turn'),
    ]);
    const behind = new Set(keyed.filter((delivery, index) => isParked[index] === true && delivery.keyId !== undefined));
    const toPrepare = batch.toPrepare.filter(({ delivery }) => unseen.has(delivery));
    const parked = keyed.filter((delivery) => behind.has(delivery) && fresh.has(delivery));
    return {
      ready: batch.ready.filter(({ delivery }) => fresh.has(delivery) && !behind.has(delivery)),
      failed: batch.failed.filter((delivery) => fresh.has(delivery) && !behind.has(delivery)),
      conclusions: batch.conclusions.filter(({ delivery }) => fresh.has(delivery)),
      toPrepare: toPrepare.filter(({ delivery }) => !behind.has(delivery)),
      parked: [...parked, ...(await this.#claimUnprepared(tx, toPrepare, behind))],
    };
  }

  /** @returns of what is claimed whether it is new; of what is prepared whether its outcome is known, which the inbox row decides when it is concluded. */
  #known(tx: Tx, batch: Batch): Promise<readonly [readonly boolean[], readonly boolean[]]> {
    const { inbox } = this.ports;
    const { claimable, preparing } = membersOf(batch);
    return Promise.all([
      claimable.length === 0 ? [] : inbox.claim(tx, this.group, claimable.map(placeOf)),
      preparing.length === 0 ? [] : inbox.seen(tx, this.group, preparing.map(identityOf)),
    ]);
  }

  async #lockAndRead(tx: Tx, batch: Batch, locks: readonly RowLock[], how: 'at once' | 'in turn'): Promise<void> {
    const locking = locks.length === 0 ? undefined : this.ports.unitOfWork.lockRows(tx, locks);
    if (how === 'in turn') await locking; // or a deadlock of the locks could be taken for a reader's
    const reading = this.executor.read(tx, [...batch.ready, ...batch.toPrepare, ...batch.conclusions], how);
    await Promise.all([locking, reading]);
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
}

/** Whether a message of the batch undoes others, before it is handled or, with an outside call, prepared. */
export function undoes(batch: Batch): boolean {
  return membersOf(batch).keyed.some(isUndoing);
}

/** What is claimed, what is prepared, and of both what may have to wait behind its key: all but what is concluded. */
function membersOf({ ready, failed, conclusions, toPrepare }: Batch) {
  const preparing = toPrepare.map(({ delivery }) => delivery);
  const waiting = [...ready.map(({ delivery }) => delivery), ...failed];
  const claimable = [...waiting, ...conclusions.map(({ delivery }) => delivery)];
  return { claimable, preparing, keyed: [...waiting, ...preparing] };
}

function keyOf({ record, read }: Delivery) {
  return sequenceOf(record, read.identity);
}

function placeOf({ read: { identity }, record: { partition, position } }: Delivery): PlacedMessage {
  // Node.js 20 takes microseconds to add a property behind a spread.
  return { lane: { partition, position }, ...identity };
}

function identityOf(delivery: Delivery): MessageIdentity {
  return delivery.read.identity;
}
