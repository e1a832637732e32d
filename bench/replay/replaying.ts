import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

import { databaseUrl } from '@waybill/database';
import { Client } from 'pg';

import { dropDatabase } from '../shared/drop-database.js';
import type { Place } from '../shared/infrastructure.js';
import { ask, operator } from './admin.js';
import { storeLetters } from './letters.js';
import type { LettersToStore } from './letters.js';
import { replayService } from './service.js';

/**
 * Replays all by pages of 100 as the command line does, and waits until nothing is held any more.
 * @returns letters/s, what was parked behind them included.
 */
export async function measureReplaying(
  place: Place,
  { letters, keys, behind }: Omit<LettersToStore, 'group'>,
): Promise<number> {
  const name = `bench_replay_${Date.now()}`;
  const service = await replayService(place, name);
  const client = new Client({ connectionString: databaseUrl(place.serverUrl, name) });
  try {
    await client.connect();
    await client.query('CREATE TABLE effect (id bigserial PRIMARY KEY)');
    await storeLetters(client, { group: name, letters, keys, behind });
    const from = performance.now();
    await replayAll(service.port);
    const count = async (text: string): Promise<number> =>
      (await client.query<{ count: number }>(text)).rows[0]?.count ?? 0;
    while ((await count(OPEN)) > 0) await delay(50);
    const seconds = (performance.now() - from) / 1_000;
    const effects = await count('SELECT count(*)::int AS count FROM effect');
    if (effects !== letters) throw new Error(`${letters} letters had ${effects} effects`);
    return letters / seconds;
  } finally {
    await client.end();
    await service.close();
    await dropDatabase(place.serverUrl, name);
  }
}

const OPEN = `SELECT count(*)::int AS count FROM held_message WHERE state IN ('retrying', 'parked', 'dead')`;

async function replayAll(port: number): Promise<void> {
  const body = { filter: {}, limit: 100, run: randomUUID(), wait: 5, ...operator };
  for (let left = 1; left > 0;) left = (await ask<{ readonly remaining: number }>(port, '/replay', body)).remaining;
}
