import type { HeldRun, UnitOfWork } from '../ports.js';
import { BatchFailure } from './batch-failure.js';
import type { Executor } from './executor.js';
import type { Runnable } from './handler-waves.js';

/** Most held messages in one transaction. The slower their handlers, the nearer the last of them comes to the end of its claim. */
const MOST_TOGETHER = 50;

/** Somebody else has dealt with these messages. */
export class NotClaimed extends Error {
  constructor(readonly among: readonly unknown[]) {
    super('A held message was dealt with elsewhere');
  }
}

interface Member<Tx> {
  readonly claim: HeldRun<Tx>['claim'];
  /** `undefined`: there is nothing to run. */
  readonly item: Runnable | undefined;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Lets held messages that are run at the same time share a transaction: claims, row locks, handlers, COMMIT, as a batch of the lanes does.
 * They are of different keys, as only the head of a key is run. Each ends as if it were alone: a transaction that fails is
 * rolled back and done again without the message that is to blame, or one by one where nobody knows which that is.
 */
export class HeldTransactions<Tx> {
  #waiting: Member<Tx>[] = [];

  constructor(
    private readonly unitOfWork: UnitOfWork<Tx>,
    private readonly executor: Executor,
  ) {}

  /** @throws NotClaimed, BatchFailure or the infrastructure's error: the message has had no effect, or nobody knows (ambiguous commit). */
  run(claim: HeldRun<Tx>['claim'], item?: Runnable): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ claim, item, resolve, reject });
      if (this.#waiting.length === 1) setImmediate(() => this.#runWaiting());
    });
  }

  /** In a later turn of the event loop: what has arrived by then goes together. */
  #runWaiting(): void {
    const members = this.#waiting.splice(0);
    for (let from = 0; from < members.length; from += MOST_TOGETHER) {
      void this.#together(members.slice(from, from + MOST_TOGETHER));
    }
  }

  /** Never rejects. */
  async #together(members: readonly Member<Tx>[]): Promise<void> {
    if (members.length === 0) return;
    try {
      await this.#transaction(members);
    } catch (error) {
      await this.#apart(members, error);
      return;
    }
    for (const { resolve } of members) resolve();
  }

  /** What ran before the culprit goes together again and what comes after it for the first time, so many culprits cost no more than running each alone. */
  async #apart(members: readonly Member<Tx>[], error: unknown): Promise<void> {
    const named = members.length === 1 ? members : members.filter((member) => isNamed(member, error));
    const others = (some: readonly Member<Tx>[]) => some.filter((member) => !named.includes(member));
    const [first] = named;
    if (first !== undefined && (named.length === 1 || error instanceof NotClaimed)) {
      for (const { reject } of named) reject(error);
      const at = members.indexOf(first);
      await this.#together(others(members.slice(0, at)));
      await this.#together(others(members.slice(at)));
      return;
    }
    const doubtful = first === undefined ? members : named;
    if (first !== undefined) await this.#together(others(members));
    await Promise.all(doubtful.map((member) => this.#together([member])));
  }

  async #transaction(members: readonly Member<Tx>[]): Promise<void> {
    const items = members.flatMap(({ item }) => item ?? []);
    const locks = await this.executor.locks(items);
    await this.unitOfWork.transaction(async (tx) => {
      const isOurs = await Promise.all(members.map(({ claim }) => claim(tx)));
      const lost = members.filter((_, index) => isOurs[index] !== true);
      if (lost.length > 0) throw new NotClaimed(lost);
      if (locks.length > 0) await this.unitOfWork.lockRows(tx, locks);
      await this.executor.read(tx, items, 'in turn');
      await this.executor.invoke(tx, items);
    });
  }
}

function isNamed<Tx>(member: Member<Tx>, error: unknown): boolean {
  if (error instanceof NotClaimed) return error.among.includes(member);
  return error instanceof BatchFailure && error.suspects.some((suspect) => suspect === member.item);
}
