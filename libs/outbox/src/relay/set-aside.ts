import type { Database } from '@waybill/database';

import { hashKey } from '../key-hash.js';
import { lock, locksFor } from '../key-locks.js';
import type { OutboxRow } from '../outbox-row.js';
import { setAside } from '../sql/refused-rows.js';
import type { SetAsideRow } from '../sql/refused-rows.js';
import type { LeasedShard } from './leased-shard.js';

/**
 * Takes a row that the broker refuses for good, and what waits behind it, out of the relay's way, until an operator retries
 * or discards it: its key keeps its order, every other key flows on.
 */
export class SetAside {
  constructor(
    private readonly database: Pick<Database, 'transaction'>,
    private readonly owner: string,
    private readonly onSetAside: (row: OutboxRow, reason: string, waiting: number) => void,
  ) {}

  /** @returns whether it is done; not where the lease was lost meanwhile, or the row is published. @throws the database's error */
  async take(row: OutboxRow, shard: LeasedShard, error: Error): Promise<boolean> {
    const { id, topic, key } = row;
    const keyHash = hashKey(topic, key ?? id).hash;
    const moved = await this.database.transaction(async (tx) => {
      const locks = locksFor([{ topic, key, keyHash }]);
      if (locks.length > 0) await lock(tx, locks);
      return tx.query<SetAsideRow>(setAside, [id, topic, shard.number, shard.epoch, this.owner, error.message]);
    });
    if (moved.length > 0) this.onSetAside(row, error.message, moved.length - 1);
    return moved.length > 0;
  }
}
