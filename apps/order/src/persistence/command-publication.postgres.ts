import { Injectable } from '@nestjs/common';
import type { Transaction } from '@waybill/database';
import type { CommandPublication } from '@waybill/saga';

import { FIND_UNPUBLISHED_COMMANDS } from './sql/find-unpublished-commands.js';

/**
 * Keeps a step's deadline from running out while its command is still in the outbox: while Kafka is away, no participant
 * can answer. A command that has left counts as published when it was decided on.
 */
@Injectable()
export class OutboxPublication implements CommandPublication {
  async publishedAt(tx: Transaction, commandIds: readonly string[]): Promise<ReadonlyMap<string, null>> {
    if (commandIds.length === 0) return new Map();
    const rows = await tx.query<{ id: string }>(FIND_UNPUBLISHED_COMMANDS, [commandIds]);
    return new Map(rows.map(({ id }) => [id, null]));
  }
}
