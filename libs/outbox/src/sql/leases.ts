import type { Statement } from '@waybill/database';

export interface LeaseRow {
  readonly topic: string;
  readonly shard: number;
  /** bigint */
  readonly epoch: string;
}

export interface Share {
  /** Relays alive on this database, the asking one included. */
  readonly relays: number;
  readonly shards: number;
  readonly free: number;
}

/** A lease that was renewed, or none. */
export type RenewedRow = Share & (LeaseRow | { readonly topic: null; readonly shard: null; readonly epoch: null });

/** Makes the shards ($2 of them) of topics that have none. */
export const createShards: Statement = {
  name: 'outbox_create_shards',
  text: `
    INSERT INTO outbox_lease (topic, shard)
    SELECT topic, shard FROM unnest($1::text[]) AS topic CROSS JOIN generate_series(0, $2::int - 1) AS shard
    ON CONFLICT DO NOTHING`,
};

/** Topics with unpublished rows; one index probe a topic, however many rows there are. */
export const unpublishedTopics: Statement = {
  name: 'outbox_unpublished_topics',
  text: `
    WITH RECURSIVE next AS (
      (SELECT topic FROM outbox WHERE published_at IS NULL AND shard >= 0 ORDER BY topic LIMIT 1)
      UNION ALL
      SELECT (SELECT outbox.topic FROM outbox WHERE published_at IS NULL AND shard >= 0 AND outbox.topic > next.topic
              ORDER BY outbox.topic LIMIT 1)
      FROM next WHERE next.topic IS NOT NULL
    )
    SELECT topic FROM next WHERE topic IS NOT NULL`,
};

/**
 * Says that the relay lives, renews its leases, also expired ones that nobody has taken, and reads the share: one row a
 * renewed lease, or one without. A statement doesn't see its own changes, so the relay itself is counted apart.
 */
export const renewLeases: Statement = {
  name: 'outbox_renew_leases',
  text: `
    WITH alive AS (
      INSERT INTO outbox_relay (owner, expires_at) VALUES ($1, clock_timestamp() + $2::int * interval '1 ms')
      ON CONFLICT (owner) DO UPDATE SET expires_at = excluded.expires_at
    ), renewed AS (
      UPDATE outbox_lease SET expires_at = clock_timestamp() + $2::int * interval '1 ms'
      WHERE owner = $1 RETURNING topic, shard, epoch
    ), share AS (
      SELECT (SELECT 1 + count(*)::int FROM outbox_relay WHERE expires_at > clock_timestamp() AND owner <> $1) AS relays,
             count(*)::int AS shards,
             (count(*) FILTER (WHERE (owner IS NULL OR expires_at <= clock_timestamp()) AND owner IS DISTINCT FROM $1))::int AS free
      FROM outbox_lease
    )
    SELECT relays, shards, free, topic, shard, epoch FROM share LEFT JOIN renewed ON true`,
};

/** Takes up to $3 shards that nobody holds. Every taking is a new epoch. */
export const takeLeases: Statement = {
  name: 'outbox_take_leases',
  text: `
    UPDATE outbox_lease SET owner = $1, epoch = epoch + 1, expires_at = clock_timestamp() + $2::int * interval '1 ms'
    FROM (
      SELECT topic, shard FROM outbox_lease
      WHERE (owner IS NULL OR expires_at <= clock_timestamp()) AND owner IS DISTINCT FROM $1
      ORDER BY shard, topic LIMIT $3 FOR UPDATE SKIP LOCKED
    ) AS free
    WHERE outbox_lease.topic = free.topic AND outbox_lease.shard = free.shard
    RETURNING outbox_lease.topic, outbox_lease.shard, outbox_lease.epoch`,
};

/** Gives back the shards named in $2 and $3. */
export const releaseLeases: Statement = {
  name: 'outbox_release_leases',
  text: `
    UPDATE outbox_lease SET owner = NULL
    FROM unnest($2::text[], $3::smallint[]) AS given (topic, shard)
    WHERE outbox_lease.topic = given.topic AND outbox_lease.shard = given.shard AND outbox_lease.owner = $1`,
};

/** Gives back everything. */
export const signOff: Statement = {
  name: 'outbox_sign_off',
  text: `
    WITH gone AS (DELETE FROM outbox_relay WHERE owner = $1)
    UPDATE outbox_lease SET owner = NULL WHERE owner = $1`,
};
