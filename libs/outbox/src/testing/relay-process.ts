// A relay in a process of its own, for tests that stop or kill it. Its broker is the process that started it.
import { setTimeout as delay } from 'node:timers/promises';

import { Database, createDataSource } from '@waybill/database';
import type { Publisher, PublishOutcome } from '@waybill/messaging';

import { resolveOptions } from '../outbox-options.js';
import { Outbox } from '../outbox.js';
import { OutboxRelay } from '../relay/relay.js';
import { until } from './outbox-harness.js';
import type { FromChild, RelayProcessOptions, ToChild } from './relay-child.js';
import { testMessage } from './test-message.js';

const options = JSON.parse(process.env['RELAY_PROCESS'] ?? '{}') as RelayProcessOptions; // written by relay-child.ts
/** Whatever the relay does beside sending has happened by then. */
const SETTLING_MS = 100;
const waiting = new Map<number, (outcomes: readonly PublishOutcome[]) => void>();
let requests = 0;

const send = (message: FromChild): void => void process.send?.(message);

const publisher: Publisher = {
  async publish(records) {
    const request = ++requests;
    if (options.fault?.request === request && options.fault.moment === 'before send') {
      await delay(SETTLING_MS);
      process.kill(process.pid, options.fault.signal);
    }
    const outcomes = await new Promise<readonly PublishOutcome[]>((resolve) => {
      waiting.set(request, resolve);
      send({ kind: 'publish', request, ids: records.map(({ headers }) => String(headers['ce_id'])) });
    });
    if (options.fault?.request === request && options.fault.moment === 'after send')
      process.kill(process.pid, options.fault.signal);
    return outcomes;
  },
  close: async () => {},
};

async function main(): Promise<void> {
  const dataSource = await createDataSource({ url: options.url, migrations: [] }).initialize();
  const database = new Database(dataSource);
  const settings = resolveOptions({ source: '/child', topics: [options.topic], relay: options.relay });
  if (!settings.relay) throw new TypeError('A relay process needs relay settings');
  const relay = new OutboxRelay(settings, settings.relay, database, { createPublisher: async () => publisher });
  const outbox = new Outbox(settings, relay, database);
  process.on('message', (message: ToChild) => {
    if (message.kind === 'outcome') {
      waiting.get(message.request)?.(Array.from({ length: message.records }, () => ({ ok: true })));
      return;
    }
    const messages = message.keys.map((key) => testMessage(options.topic, key));
    void database
      .transaction(async (tx) => {
        outbox.add(tx, ...messages);
        if (message.kind === 'add and die') process.kill(process.pid, 'SIGKILL');
      })
      .then(() => send({ kind: 'added', ids: messages.map(({ id }) => id) }));
  });
  relay.start();
  await until('shards are held', async () => options.mayHoldNothing === true || (await relay.state()).shards > 0);
  send({ kind: 'ready' });
}

void main();
