import type { Publisher, PublishOutcome, RecordToPublish } from '@waybill/messaging';

/** A record as it stands in the log, with the time of its arrival. */
export interface LoggedRecord extends RecordToPublish {
  readonly id: string;
  readonly atMs: number;
}

export type Refusal = 'refused' | 'refused for good' | undefined;

/** A broker in memory that takes records in order, refuses on demand, and can be held. */
export class ScriptedBroker {
  readonly log: LoggedRecord[] = [];
  requests = 0;
  publishers = 0;
  /** An adapter that sends one request for all refuses all of it, unless the broker tells the outcome of parts: here of keys. */
  refuses: 'whole requests' | 'single keys' = 'whole requests';
  refuse: (record: RecordToPublish) => Refusal = () => undefined;
  /** Awaited by each request before its records are written. */
  hold: (records: readonly RecordToPublish[]) => Promise<void> = async () => {};

  async createPublisher(): Promise<Publisher> {
    this.publishers++;
    return { publish: (records) => this.#publish(records), close: async () => {} };
  }

  /** In order of first appearance. */
  firstAppearances(): readonly string[] {
    return [...new Set(this.log.map(({ id }) => id))];
  }

  async #publish(records: readonly RecordToPublish[]): Promise<readonly PublishOutcome[]> {
    this.requests++;
    await this.hold(records);
    const refusals = records.map((record) => this.refuse(record));
    const outcome = (refusal: Refusal): PublishOutcome =>
      refusal ? { ok: false, error: new Error(refusal), retriable: refusal === 'refused' } : { ok: true };
    if (this.refuses === 'whole requests' && refusals.some(Boolean)) {
      return records.map(() => outcome(refusals.includes('refused for good') ? 'refused for good' : 'refused'));
    }
    for (const [n, record] of records.entries()) {
      if (!refusals[n]) this.log.push({ ...record, id: String(record.headers['ce_id']), atMs: performance.now() });
    }
    return refusals.map(outcome);
  }
}
