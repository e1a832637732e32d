import { randomUUID } from 'node:crypto';

import { databaseUrl } from '@waybill/database';
import { Client } from 'pg';

import { dropDatabase } from '../consume/setting.js';
import type { Place } from '../consume/setting.js';
import { ask, operator } from './admin.js';
import { storeLetters } from './letters.js';
import type { LettersToStore } from './letters.js';
import { replayService } from './service.js';

interface Page {
  readonly taken: number;
  readonly remaining: number;
}

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
  await client.connect();
  await client.query('CREATE TABLE effect (id bigserial PRIMARY KEY)');
  await storeLetters(client, { group: name, letters, keys, behind });
  const [run, from] = [randomUUID(), performance.now()];
  for (let remaining = letters; remaining > 0; ) {
    const body = { filter: {}, limit: 100, run, wait: 5, ...operator };
    ({ remaining } = await ask<Page>(service.port, '/replay', body));
  }
  for (let open = letters; open > 0; ) {
    const { rows } = await client.query<{ open: number }>(
      `SELECT count(*)::int AS open FROM held_message WHERE state IN ('retrying', 'parked', 'dead')`,
    );
    open = rows[0]?.open ?? 0;
  }
  const seconds = (performance.now() - from) / 1_000;
  const { rows } = await client.query<{ effects: number }>('SELECT count(*)::int AS effects FROM effect');
  if (rows[0]?.effects !== letters) throw new Error(`${letters} letters had ${rows[0]?.effects} effects`);
  await client.end();
  await service.close();
  await dropDatabase(place.serverUrl, name);
  return letters / seconds;
}
