import type { ServiceProcess } from './service-process.js';
import { until } from './until.js';

export interface InvariantBody {
  readonly name: string;
  readonly state: 'holds' | 'broken' | 'unknown';
  readonly reason: string | null;
  readonly checked: number;
  readonly faults: number;
  readonly broken: readonly { readonly orderId: string | null; readonly subject: string; readonly says: string }[];
}

/** The invariants as the lab sees them. */
export class LabInvariants {
  constructor(
    private readonly lab: ServiceProcess,
    private readonly token: string,
  ) {}

  /** @throws where the lab doesn't answer */
  async look(): Promise<readonly InvariantBody[]> {
    const response = await fetch(`${this.lab.url}/lab/invariants`, {
      headers: { authorization: `Bearer ${this.token}` },
    });
    if (!response.ok) throw new Error(`GET /lab/invariants answered ${response.status}: ${await response.text()}`);
    return ((await response.json()) as { readonly invariants: readonly InvariantBody[] }).invariants; // the lab's answer
  }

  /** Looks until it is so. */
  async until(what: string, isSo: (invariants: readonly InvariantBody[]) => boolean): Promise<void> {
    let last: readonly InvariantBody[] = [];
    await until(async () => isSo((last = await this.look())), {
      timeoutMs: 90_000,
      what,
      detail: () => JSON.stringify(last, undefined, 2),
    });
  }
}

export const hold = (invariants: readonly InvariantBody[]): boolean =>
  invariants.every(({ state }) => state === 'holds');

/** The names of those that are broken by it. */
export function brokenBy(invariants: readonly InvariantBody[], subject: string): readonly string[] {
  return invariants
    .filter(({ state, broken }) => state === 'broken' && broken.some((finding) => finding.subject === subject))
    .map(({ name }) => name);
}
