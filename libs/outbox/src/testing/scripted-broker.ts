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

  /** As Kafka does: one refused record refuses its whole request. */
  async #publish(records: readonly RecordToPublish[]): Promise<readonly PublishOutcome[]> {
    this.requests++;
    await this.hold(records);
    const refusals = records.map((record) => this.refuse(record)).filter((refusal) => refusal !== undefined);
    const [refusal] = refusals;
    if (refusal) {
      const error = new Error(refusal);
      return records.map(() => ({ ok: false, error, retriable: !refusals.includes('refused for good') }));
    }
    for (const record of records)
      this.log.push({ ...record, id: String(record.headers['ce_id']), atMs: performance.now() });
    return records.map(() => ({ ok: true }));
  }
}
