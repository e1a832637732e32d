import { identityKey } from '../codec/identity.js';
import type { Company, CrashMarkers, DeathReport } from '../crash-markers.js';
import type { MessageIdentity } from '../received-message.js';

interface Marker {
  readonly identity: MessageIdentity;
  owner: InMemoryCrashMarkers | undefined;
  company: Company;
  deaths: number;
  suspect: boolean;
}

/** What the processes of a group share. */
export class SharedCrashMarkers {
  readonly markers = new Map<string, Marker>();
  readonly processes = new Map<InMemoryCrashMarkers, 'alive' | 'dead'>();
  lastDeathAtMs: number | undefined;

  process(): InMemoryCrashMarkers {
    return new InMemoryCrashMarkers(this);
  }
}

/** {@link CrashMarkers} for tests; {@link die} instead of a death. */
export class InMemoryCrashMarkers implements CrashMarkers {
  /** Every call that has written or read something, for tests that count them. */
  readonly calls: string[] = [];

  constructor(private readonly shared: SharedCrashMarkers) {}

  async open(): Promise<void> {
    this.shared.processes.set(this, 'alive');
  }

  async close(): Promise<void> {
    this.shared.processes.delete(this);
    for (const [key, marker] of this.shared.markers) if (marker.owner === this) this.shared.markers.delete(key);
  }

  die(): void {
    this.shared.processes.set(this, 'dead');
  }

  async look(): Promise<DeathReport> {
    const { shared } = this;
    for (const [process, state] of shared.processes) if (state === 'dead') this.#noticeDeathOf(process);
    const suspects = [...shared.markers.values()].filter(({ suspect, owner }) => suspect && owner === undefined);
    return { lastDeathAtMs: shared.lastDeathAtMs, suspects };
  }

  async mark(
    _group: string,
    messages: readonly MessageIdentity[],
    company: Company,
  ): Promise<readonly (number | undefined)[]> {
    this.calls.push(`mark ${messages.map(({ id }) => id).join(' ')} ${company}`);
    return messages.map((identity) => {
      const key = identityKey(identity);
      const marker = this.shared.markers.get(key) ?? { identity, owner: this, company, deaths: 0, suspect: false };
      if (marker.owner !== undefined && marker.owner !== this) return undefined;
      Object.assign(marker, { owner: this, company });
      this.shared.markers.set(key, marker);
      return marker.suspect ? marker.deaths : undefined;
    });
  }

  async unmark(_group: string, messages: readonly MessageIdentity[]): Promise<void> {
    this.calls.push(`unmark ${messages.map(({ id }) => id).join(' ')}`);
    for (const identity of messages) {
      const marker = this.shared.markers.get(identityKey(identity));
      if (marker && (marker.owner === undefined || marker.owner === this))
        this.shared.markers.delete(identityKey(identity));
    }
  }

  #noticeDeathOf(process: InMemoryCrashMarkers): void {
    this.shared.processes.delete(process);
    this.shared.lastDeathAtMs = Math.max(Date.now(), (this.shared.lastDeathAtMs ?? 0) + 1);
    for (const marker of this.shared.markers.values()) {
      if (marker.owner !== process) continue;
      if (marker.company === 'alone') marker.deaths += 1;
      Object.assign(marker, { owner: undefined, suspect: true });
    }
  }
}
