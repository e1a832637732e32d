import type { Database } from '@waybill/database';

import { APPENDERS, LAST_POSITION } from './sql/event-horizon.js';

/** A position that is known once these transactions have ended. */
interface Waiting {
  readonly position: string;
  readonly appenders: ReadonlySet<string>;
}

/**
 * Up to which position all events are known: everything at or below it has committed or never will.
 *
 * Positions are drawn before COMMIT, so a reader can see position 8 before 7 is there. Every appender shares a lock from before it draws
 * until it ends. The horizon reads the last position that was drawn, then who holds the lock: an appender that takes it later draws higher
 * ones. Once those holders have ended, nothing new comes at or below that position. Only appenders hold it back, no other transaction of
 * the server; and nobody waits for a reader.
 */
export class EventHorizon {
  #position = '0';
  #waiting: Waiting | undefined;

  constructor(private readonly database: Pick<Database, 'query'>) {}

  /**
   * Looks once; several may look at a time. Goes back only where the sequence has: a server that took over without the last positions
   * draws them again.
   */
  async look(): Promise<string> {
    const [known, waiting] = [this.#position, this.#waiting]; // all that is asked below is newer
    const [last] = await this.database.query<{ position: string }>(LAST_POSITION);
    if (last?.position === known && waiting === undefined) return known; // nothing was appended since
    const appenders = await this.database.query<{ transaction: string }>(APPENDERS); // only then: see above
    const now = new Set(appenders.map(({ transaction }) => transaction));
    const drawn = last?.position ?? '0';
    if (BigInt(drawn) < BigInt(waiting?.position ?? known)) this.#forget();
    else if (now.size === 0) this.#advance(drawn, waiting);
    else if (waiting && [...waiting.appenders].every((each) => !now.has(each)))
      this.#advance(waiting.position, waiting);
    this.#waiting ??= { position: drawn, appenders: now };
    return this.#position;
  }

  #advance(position: string, ended: Waiting | undefined): void {
    if (BigInt(position) > BigInt(this.#position)) this.#position = position;
    if (this.#waiting === ended) this.#waiting = undefined;
  }

  #forget(): void {
    this.#position = '0';
    this.#waiting = undefined;
  }
}
