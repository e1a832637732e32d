import { randomUUID } from 'node:crypto';

import { databaseUrl } from '@waybill/database';
import { Client } from 'pg';

import { dropDatabase } from '../shared/drop-database.js';
import type { Place } from '../shared/infrastructure.js';
import { ask, operator } from './admin.js';
import { storeLetters } from './letters.js';
import { replayService } from './service.js';

export interface Measured {
  readonly what: string;
  readonly ms: number;
  /** Resident set of this process, service included, after it; megabytes. */
  readonly rssMb: number;
  /** Why there was no answer: what takes longer than 5 s is stopped, on a busy machine or at more letters. */
  readonly refusal: string | undefined;
}

/** What operators ask of a service that has `letters` dead letters over a tenth as many keys, one after the other. */
export async function measureMemory(place: Place, letters: number): Promise<readonly Measured[]> {
  const name = `bench_memory_${Date.now()}`;
  const service = await replayService(place, name);
  try {
    await fill(databaseUrl(place.serverUrl, name), name, letters);
    return await askAll(service.port);
  } finally {
    await service.close();
    await dropDatabase(place.serverUrl, name);
  }
}

async function fill(connectionString: string, group: string, letters: number): Promise<void> {
  const client = new Client({ connectionString });
  await client.connect();
  await client.query('CREATE TABLE effect (id bigserial PRIMARY KEY)');
  await storeLetters(client, { group, letters, keys: Math.ceil(letters / 10), behind: 'dead' });
  await client.end();
}

async function askAll(port: number): Promise<readonly Measured[]> {
  const run = randomUUID();
  const page = { filter: {}, limit: 100, run, wait: 30, ...operator };
  const questions: readonly (readonly [string, string, object?])[] = [
    ['nothing yet', '/count?ids=1'],
    ['list, 1,000 of them', '?limit=1000'],
    ['groups', '/groups'],
    ['count', '/count'],
    ['preview, 1,000 of them', '/preview', { filter: {}, limit: 1_000 }],
    ['replay, 100 of them', '/replay', page],
    ['replay, 100 more', '/replay', page],
  ];
  const measured: Measured[] = [];
  for (const [what, path, body] of questions) {
    const from = performance.now();
    const refusal = await ask(port, path, body).then(
      () => undefined,
      (error: unknown) => String(error),
    );
    measured.push({ what, ms: performance.now() - from, rssMb: process.memoryUsage().rss / 1_048_576, refusal });
  }
  return measured;
}
