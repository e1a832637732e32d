import type { DedicatedConnection } from '@waybill/database';
import { Sweeper } from '@waybill/observability';

import { countBlocks, forgetRelays, sweepBlocks, sweepPage } from '../sql/sweep.js';
import type { SweptPage } from '../sql/sweep.js';

const LOWEST_ID = '00000000-0000-0000-0000-000000000000';
/** Of 8 kB: a megabyte, some thousand rows. */
const BLOCKS_AT_ONCE = 128;
const PASS_MS = 86_400_000;

/**
 * Deletes published rows after their time, in two ways. Page by page in the order of their ids, until nothing old is found there: that
 * finds rows whose ids are UUIDv7 soon after their time, and reads little else. And beside it, a part of the table at each sweep, so that
 * the whole of it is read about once a day: that finds every row, whatever its id. No index serves the second, which each insert and
 * each mark would pay for.
 */
export function outboxSweeper(
  connection: DedicatedConnection,
  { retentionMs, sweepIntervalMs }: { readonly retentionMs: number; readonly sweepIntervalMs: number },
): Sweeper {
  let lastId = LOWEST_ID;
  let nextBlock: number | undefined;
  let blocksLeft: number | undefined;

  async function sweepNextPage(most: number): Promise<boolean> {
    const [page] = await connection.query<SweptPage>(sweepPage, [lastId, retentionMs, most]);
    lastId = page?.last ?? LOWEST_ID;
    return lastId !== LOWEST_ID; // a full page: there may be another one
  }

  async function sweepNextBlocks(): Promise<boolean> {
    const [table] = await connection.query<{ blocks: number }>(countBlocks);
    const blocks = table?.blocks ?? 0;
    blocksLeft ??= Math.min(blocks, Math.max(BLOCKS_AT_ONCE, Math.ceil((blocks * sweepIntervalMs) / PASS_MS)));
    if (blocksLeft <= 0 || blocks === 0) return false;
    // Begins by chance: processes that are replaced every few hours would otherwise all read the same part.
    const from = nextBlock ?? Math.floor(Math.random() * blocks);
    const to = from + Math.min(BLOCKS_AT_ONCE, blocksLeft);
    await connection.query(sweepBlocks, [from, to, retentionMs]);
    nextBlock = to < blocks ? to : 0;
    blocksLeft -= to - from;
    return blocksLeft > 0;
  }

  return new Sweeper({
    work: 'sweep the outbox',
    sweepSome: async (most) => {
      if (blocksLeft === undefined && (await sweepNextPage(most))) return most;
      if (await sweepNextBlocks()) return most;
      blocksLeft = undefined;
      await connection.query(forgetRelays);
      return 0;
    },
    intervalMs: sweepIntervalMs,
  });
}
