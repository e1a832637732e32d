import { spawnSync } from 'node:child_process';

import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import type { Broker, TopicDefaults } from '@waybill/messaging';
import { newId } from '@waybill/observability';

import { connectionOptions } from '../connection-options.js';
import { NatsNames } from '../names.js';
import { natsBroker } from '../nats-broker.js';
import type { NatsOptions } from '../nats-options.js';

/** The server that specs use; they are skipped where none answers there. */
export const NATS_URL = process.env['NATS_URL'] ?? 'nats://127.0.0.1:4222';

/** Jest wants to know at once which tests there are, so another process asks. A server says first what it is. */
const ASKS = `const { hostname, port } = new URL(process.argv[1]);
const socket = require('node:net').connect(Number(port || 4222), hostname.replace(/^\\[|\\]$/g, ''));
socket.on('data', (data) => process.exit(/^INFO .*"jetstream":true/.test(String(data)) ? 0 : 1));
socket.on('error', () => process.exit(1));
setTimeout(() => process.exit(1), 2_000);`;

/** Whether a server with JetStream answers at NATS_URL. */
export function natsAnswers(): boolean {
  return spawnSync(process.execPath, ['-e', ASKS, NATS_URL]).status === 0;
}

/** Tests on a server with JetStream; where none answers they are skipped, and their title says so. */
export function describeOnNats(title: string, tests: () => void): void {
  if (natsAnswers()) describe(title, tests);
  else
    describe.skip(`${title} (skipped: no NATS server with JetStream answers at NATS_URL, ${hostOf(NATS_URL)})`, tests);
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : 'which is not a URL';
}

export interface TestNatsOptions extends Partial<NatsOptions>, Partial<TopicDefaults> {}

/** A {@link Broker} for a spec, which logs nothing. Give it a prefix from {@link testPrefix}. */
export function testNats({ partitions = 6, retentionMs, ...options }: TestNatsOptions): Broker {
  const settings = { servers: [NATS_URL], clientName: 'test', ...options };
  return natsBroker(settings)({ partitions, retentionMs }, silent);
}

const silent = { error: () => {}, warn: () => {}, debug: () => {} };

/** A prefix that nobody else has; what is named with it is removed by {@link removeTestStreams}. */
export function testPrefix(): string {
  const prefix = `t${newId().replaceAll('-', '').slice(-12)}.`;
  prefixes.push(prefix);
  return prefix;
}

const prefixes: string[] = [];

/** Streams and buckets of all prefixes that this spec has asked for; for its `afterAll`. */
export function removeTestStreams(): Promise<void> {
  return removeStreams(prefixes.splice(0));
}

/** Streams and buckets of these prefixes, of all makers. */
export async function removeStreams(prefixes: readonly string[], url = NATS_URL): Promise<void> {
  const names = prefixes.map((prefix) => new NatsNames(prefix));
  const starts = names.flatMap((each) => [each.streamPrefix, `KV_${each.bucketPrefix}`]);
  const connection = await connect(connectionOptions({ servers: [url], clientName: 'test' }));
  const jsm = await jetstreamManager(connection);
  for await (const stream of jsm.streams.names()) {
    if (starts.some((start) => stream.startsWith(start))) await jsm.streams.delete(stream).catch(() => {});
  }
  await connection.close();
}
