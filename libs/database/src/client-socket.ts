import type { PoolClient } from 'pg';

/** pg keeps its socket at `client.connection.stream`; undocumented, hence the checks. */
export function socketOf(client: PoolClient): { cork(): void; uncork(): void } | undefined {
  const { connection } = client as { connection?: { stream?: { cork?: unknown; uncork?: unknown } } };
  const stream = connection?.stream;
  return typeof stream?.cork === 'function' && typeof stream.uncork === 'function'
    ? (stream as { cork(): void; uncork(): void })
    : undefined;
}
