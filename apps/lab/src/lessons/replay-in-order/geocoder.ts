import { FAILING } from './messages.js';

/** Somebody else's system, which is away for a while, as far as these addresses are concerned. */
export class Geocoder {
  #isAway = true;

  comeBack(): void {
    this.#isAway = false;
  }

  /** @throws while it is away */
  locate(address: string): void {
    if (this.#isAway && FAILING.includes(address)) throw new Error(`The geocoder is away: ${address} can't be located`);
  }
}
