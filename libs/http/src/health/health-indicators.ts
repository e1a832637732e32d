import { Injectable } from '@nestjs/common';
import { TimedOutError, within } from '@waybill/observability';

export interface HealthState {
  readonly ok: boolean;
  /** For the operator: what is missing. Reaches anybody who asks, so no secrets. */
  readonly detail?: string;
}

export type HealthIndicator = () => HealthState | Promise<HealthState>;

const TIMEOUT_MS = 2000;

/** What must be true for this process to do its work. Providers register theirs when they are made. */
@Injectable()
export class HealthIndicators {
  readonly #indicators = new Map<string, HealthIndicator>();

  /** @throws TypeError if the name is taken. */
  add(name: string, indicator: HealthIndicator): void {
    if (this.#indicators.has(name)) throw new TypeError(`Health indicator ${name} is registered twice`);
    this.#indicators.set(name, indicator);
  }

  /** Asks all of them at once. One that throws, or takes longer than 2 s, isn't ok. */
  async check(): Promise<Readonly<Record<string, HealthState>>> {
    const states = await Promise.all(
      [...this.#indicators].map(async ([name, indicator]) => [name, await ask(indicator)] as const),
    );
    return Object.fromEntries(states);
  }
}

async function ask(indicator: HealthIndicator): Promise<HealthState> {
  try {
    return await within(TIMEOUT_MS, (async () => indicator())());
  } catch (error) {
    if (error instanceof TimedOutError) return { ok: false, detail: error.message };
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'the check failed';
    return { ok: false, detail: code };
  }
}
