import { EventEmitter } from 'node:events';

import { kGetConnection, Producer } from '@platformatic/kafka';

import { connectionOptions, guarded } from './connection.js';

const options = (brokers: readonly string[]) => connectionOptions({ brokers, clientId: 'test', tls: {} });

describe('a client', () => {
  it('tells of a broker that has left the cluster, and of a second error of a connection, instead of ending the process', async () => {
    const client = guarded(new Producer(options(['kafka:9092'])));
    const getConnection: (broker: undefined, callback: (error: unknown) => void) => void = client[
      kGetConnection
    ] as never; // as it calls it
    const told = await new Promise((resolve) => getConnection.call(client, undefined, resolve));
    expect(told).toMatchObject({ message: 'The broker has left the cluster' });
    const connection = new EventEmitter();
    client.connections.emit('connecting', { connection });
    expect(
      () => connection.emit('error', new Error('once')) && connection.emit('error', new Error('twice')),
    ).not.toThrow();
    await client.close();
  });

  it('names the host in TLS, unless brokers have addresses for names', () => {
    expect(options(['kafka-1:9092', 'kafka-2:9092']).tlsServerName).toBe(true);
    expect(options(['127.0.0.1:9092']).tlsServerName).toBe(false);
  });
});
