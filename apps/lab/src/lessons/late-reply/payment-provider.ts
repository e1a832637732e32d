import { Stage } from '../stage/stage.js';
import { PRICE, SLOW } from './messages.js';

/** Somebody else's system, the same for both sides: it charges, and takes its time. It has a connection of its own. */
export class PaymentProvider {
  readonly #givenUp = new Set<string>();

  constructor(private readonly stage: Stage) {}

  /** The shop has lost patience with this one. */
  givenUp(token: string): void {
    this.#givenUp.add(token);
  }

  async charge(token: string): Promise<void> {
    if (SLOW.includes(token)) {
      this.stage.show(token, 'provider', 'waiting', `The provider takes its time over order ${token}`);
      await this.stage.until(`the shop to give up order ${token}`, () => this.#givenUp.has(token));
    }
    await this.stage.books.charge(this.stage.database, token, PRICE);
  }
}
