import { Injectable } from '@nestjs/common';
import { HealthIndicators } from '@waybill/http';
import type { HealthState } from '@waybill/http';

import { Catalogue } from './catalogue.postgres.js';

const ASK = 'inventory is asked for it once a minute, and "waybill catalogue publish" has it send it at once';

/** Not ready until the copy of the catalogue is complete: before that, known products would be refused as unknown. */
@Injectable()
export class CatalogueHealth {
  #complete = false;

  constructor(
    private readonly catalogue: Catalogue,
    indicators: HealthIndicators,
  ) {
    indicators.add('catalogue', () => this.#state());
  }

  async #state(): Promise<HealthState> {
    if (this.#complete) return { ok: true }; // products are only ever added
    const { listed, expected } = await this.catalogue.progress();
    if (expected === undefined) return { ok: false, detail: `the catalogue has not arrived yet; ${ASK}` };
    this.#complete = listed >= expected;
    return this.#complete
      ? { ok: true }
      : { ok: false, detail: `${listed} of ${expected} products have arrived; ${ASK}` };
  }
}
