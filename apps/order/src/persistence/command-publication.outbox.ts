import { Injectable } from '@nestjs/common';
import type { Transaction } from '@waybill/database';
import { Outbox } from '@waybill/outbox';
import type { CommandPublication } from '@waybill/saga';

/**
 * Keeps a step's deadline from running out while its command is still in the outbox: while Kafka is away, no participant
 * can answer. A command that has left counts as published when it was decided on.
 */
@Injectable()
export class OutboxPublication implements CommandPublication {
  constructor(private readonly outbox: Outbox) {}

  async publishedAt(tx: Transaction, commandIds: readonly string[]): Promise<ReadonlyMap<string, null>> {
    const unpublished = await this.outbox.unpublishedAmong(commandIds, tx);
    return new Map([...unpublished].map((id) => [id, null]));
  }
}
