import { isIP } from 'node:net';

import { kGetApi, kGetBootstrapConnection, kGetConnection, NetworkError } from '@platformatic/kafka';
import type { API, Base, BaseOptions, Broker, Connection, ConnectionPool } from '@platformatic/kafka';

import type { KafkaOptions, KafkaTls } from '../kafka-options.js';

const MECHANISMS = { plain: 'PLAIN', 'scram-sha-256': 'SCRAM-SHA-256', 'scram-sha-512': 'SCRAM-SHA-512' } as const;

/** What the client's parts have in common. They try again a little, and leave the rest to their callers. */
export function connectionOptions({ brokers, clientId, tls, sasl }: KafkaOptions) {
  return {
    clientId,
    bootstrapBrokers: [...brokers],
    connectTimeout: 3_000,
    retries: 2,
    retryDelay: 250,
    autocreateTopics: false,
    ...(tls && { tls: toNode(tls), tlsServerName: !brokers.some((broker) => isIP(broker.replace(/:\d+$/, ''))) }),
    ...(sasl && {
      sasl: { mechanism: MECHANISMS[sasl.mechanism], username: sasl.username, password: sasl.password },
    }),
  } satisfies BaseOptions;
}

/** Without what isn't given: to Node a `ca` that is undefined is one, too. */
function toNode({ ca, cert, key }: KafkaTls) {
  return { ...(ca !== undefined && { ca }), ...(cert !== undefined && { cert }), ...(key !== undefined && { key }) };
}

/**
 * Keeps two faults of the client from ending the process: a connection that fails twice tells the second error to nobody, and a
 * broker that has left the cluster is looked up as if it were there, in a callback that nobody guards. And a third one from ending its
 * work: once its metadata is cleared, as it does by itself where a leader has moved, it would ask the bootstrap brokers only.
 */
export function guarded<Client extends Base>(client: Client): Client {
  guardConnections(client.connections);
  const getConnection = client[kGetConnection].bind(client);
  client[kGetConnection] = (broker: Broker | undefined, callback) => {
    if (broker === undefined) callback(new NetworkError('The broker has left the cluster'));
    else getConnection(broker, callback);
  };
  askDiscoveredBrokers(client);
  client.on('error', () => {}); // what matters is told by other events, too
  return client;
}

/** One address is enough to begin with, so that broker may be the one that is lost. */
function askDiscoveredBrokers(client: Base): void {
  let discovered: readonly Broker[] = [];
  client.on('client:metadata', ({ brokers }) => void (discovered = [...brokers.values()]));
  const connectToFirst = client[kGetBootstrapConnection].bind(client);
  client[kGetBootstrapConnection] = (callback) => {
    const isCleared = client.currentMetadata === undefined; // else it asks them itself
    connectToFirst((error, connection) => {
      if (error && isCleared && discovered.length > 0) client.connections.getFirstAvailable([...discovered], callback);
      else callback(error, connection);
    });
  };
}

export function guardConnections(pool: ConnectionPool): void {
  pool.on('connecting', ({ connection }: { readonly connection: Connection }) => connection.on('error', () => {}));
}

export function connectionTo(client: Base, broker: Broker | undefined): Promise<Connection> {
  return promised((callback) => {
    if (broker === undefined) callback(new NetworkError('The broker has left the cluster'));
    else client[kGetConnection](broker, callback);
  });
}

/** The newest version of a request that both sides speak. */
export function apiOf<Request extends unknown[], Response>(
  client: Base,
  name: string,
): Promise<API<Request, Response>> {
  return promised((callback) => client[kGetApi]<Request, Response>(name, callback));
}

function promised<Result>(call: (callback: (error: Error | null, result?: Result) => void) => void): Promise<Result> {
  return new Promise((resolve, reject) => {
    call((error, result) => {
      if (error !== null || result === undefined) reject(error ?? new Error('No answer'));
      else resolve(result);
    });
  });
}
