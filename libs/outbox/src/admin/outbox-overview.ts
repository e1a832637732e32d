import { Injectable, Optional } from '@nestjs/common';
import { Database } from '@waybill/database';

import { OutboxBacklog } from '../outbox-backlog.js';
import { RefusedRows } from '../refused-rows.js';
import type { RefusedRow } from '../refused-rows.js';
import { OutboxRelay } from '../relay/relay.js';
import { listShardLeases } from '../sql/list-shard-leases.js';
import type { HeldLeaseRow } from '../sql/list-shard-leases.js';

/** Who publishes a shard of a topic. Times are ISO 8601. */
export interface OutboxShard {
  readonly shard: number;
  /** Id of a relay; `null` = nobody. */
  readonly owner: string | null;
  readonly epoch: number;
  readonly expiresAt: string;
}

export interface TopicOverview {
  readonly topic: string;
  readonly unpublished: number;
  readonly oldestAgeSeconds: number;
  readonly leases: readonly OutboxShard[];
  /** Refused by the broker, as this process's relay sees it. */
  readonly backoff?: { readonly since: string; readonly error: string };
}

export interface OutboxOverviewState {
  readonly unpublished: number;
  readonly oldestAgeSeconds: number;
  readonly topics: readonly TopicOverview[];
  /** What the broker refuses for good, the oldest 200. */
  readonly refused: readonly RefusedRow[];
}

/** What waits to be published, by topic. Costs the same whatever the backlog: it is counted up to 1000 a shard. */
@Injectable()
export class OutboxOverview {
  constructor(
    private readonly database: Database,
    private readonly backlog: OutboxBacklog,
    private readonly refused: RefusedRows,
    @Optional() private readonly relay?: OutboxRelay,
  ) {}

  async read(): Promise<OutboxOverviewState> {
    const [backlog, leases, refused] = await Promise.all([
      this.backlog.topicsForOperators(),
      this.database.operators.query<HeldLeaseRow>(listShardLeases),
      this.refused.listForOperators(),
    ]);
    const topics = backlog
      .map(({ topic, unpublished, oldestAgeSeconds }) => ({
        topic,
        unpublished,
        oldestAgeSeconds: Math.round(oldestAgeSeconds),
        leases: leases.filter((lease) => lease.topic === topic).map(leaseOf),
        ...this.#backoffOf(topic),
      }))
      .sort((a, b) => b.oldestAgeSeconds - a.oldestAgeSeconds || a.topic.localeCompare(b.topic));
    return {
      unpublished: topics.reduce((sum, { unpublished }) => sum + unpublished, 0),
      oldestAgeSeconds: topics[0]?.oldestAgeSeconds ?? 0,
      topics,
      refused,
    };
  }

  #backoffOf(topic: string): Pick<TopicOverview, 'backoff'> {
    const failing = this.relay?.failing.find((refused) => refused.topic === topic);
    return failing ? { backoff: { since: failing.since.toISOString(), error: failing.error.message } } : {};
  }
}

function leaseOf({ shard, owner, epoch, expires_at: expiresAt }: HeldLeaseRow): OutboxShard {
  return { shard, owner, epoch: Number(epoch), expiresAt: expiresAt.toISOString() };
}
