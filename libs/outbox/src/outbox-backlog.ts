import { Inject, Injectable } from '@nestjs/common';
import { byIndexAlone, Database } from '@waybill/database';

import type { OutboxSettings } from './outbox-options.js';
import { unpublishedByTopic } from './sql/unpublished-by-topic.js';
import type { UnpublishedRow } from './sql/unpublished-by-topic.js';
import { OUTBOX_SETTINGS } from './tokens.js';

export interface TopicBacklog {
  readonly topic: string;
  /** Counted up to {@link MOST_COUNTED} a shard. */
  readonly unpublished: number;
  /** 0 where nothing waits. */
  readonly oldestAgeSeconds: number;
}

const MOST_COUNTED = 1_000;

/** What waits to be published, in the whole database, whichever process relays. */
@Injectable()
export class OutboxBacklog {
  constructor(
    private readonly database: Database,
    @Inject(OUTBOX_SETTINGS) private readonly settings: OutboxSettings,
  ) {}

  /** The topics that this service sends to, and others that something waits for. Costs the same whatever waits. */
  async topics(): Promise<readonly TopicBacklog[]> {
    const rows = await this.database.transaction(async (tx) => {
      const set = tx.query(byIndexAlone); // one burst, in this order
      const [rows] = await Promise.all([tx.query<UnpublishedRow>(unpublishedByTopic, [MOST_COUNTED]), set]);
      return rows;
    });
    return this.#backlogOf(rows);
  }

  /** The same for a person who looks, beside the connections of those who place orders. */
  async topicsForOperators(): Promise<readonly TopicBacklog[]> {
    return this.#backlogOf(await this.database.operators.queryByIndex(unpublishedByTopic, [MOST_COUNTED]));
  }

  #backlogOf(rows: readonly UnpublishedRow[]): readonly TopicBacklog[] {
    const waiting = new Map(rows.map((row) => [row.topic, row]));
    const names = new Set([...(this.settings.topics ?? []), ...waiting.keys()]);
    return [...names].sort().map((topic) => {
      const row = waiting.get(topic);
      return { topic, unpublished: row?.unpublished ?? 0, oldestAgeSeconds: (row?.oldest_ms ?? 0) / 1_000 };
    });
  }
}
