import type { PoolClient } from 'pg';

interface ClientSocket {
  cork(): void;
  uncork(): void;
  destroy(): void;
}

/** pg keeps its socket at `client.connection.stream`; undocumented, hence the checks. */
export function socketOf(client: PoolClient): ClientSocket | undefined {
  const { connection } = client as { connection?: { stream?: { [Method in keyof ClientSocket]?: unknown } } };
  const stream = connection?.stream;
  return typeof stream?.cork === 'function' &&
    typeof stream.uncork === 'function' &&
    typeof stream.destroy === 'function'
    ? (stream as ClientSocket)
    : undefined;
}

/** Ends the connection at once: pg's own end waits for every statement under way, and so for what another client has locked. */
export function destroyConnection(client: PoolClient): void {
  void client.end().catch(() => {});
  socketOf(client)?.destroy();
}
