import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { chosenEnvironment } from '@waybill/embedded';

import type { RunningSystem } from './system.js';

export interface YardstickResult {
  readonly ordersPerSecond: number;
  readonly p50Ms: number;
}

/**
 * Runs a hand-written pipeline of the same hops (a script with the interface `node script.mjs …`, KAFKA, PG, NP) on the
 * same broker and database, and reads its last printed line.
 */
export async function runYardstick(
  script: string,
  system: RunningSystem,
  orders: number,
  concurrency: number,
  partitions: number,
): Promise<YardstickResult> {
  const args = script.endsWith('wave.mjs')
    ? [script, String(concurrency)]
    : [script, String(orders), String(concurrency)];
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    env: {
      ...chosenEnvironment(),
      KAFKA: system.kafkaBrokers.split(',')[0],
      PG: new URL('/', system.databaseUrl).toString(),
      NP: String(partitions),
    },
    timeout: 300_000,
  });
  const [, rate, p50] = /(\d+) orders\/s p50 ([\d.]+)ms/.exec(stdout.trim().split('\n').at(-1) ?? '') ?? [];
  if (rate === undefined || p50 === undefined) throw new Error(`Can't read the result of ${script}:\n${stdout}`);
  return { ordersPerSecond: Number(rate), p50Ms: Number(p50) };
}
