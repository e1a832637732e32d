import { SERVICE_NAMES } from '@waybill/contracts';

import { queryService } from './service-database.js';

/** What a service has put aside, now or once: messages retried later, parked behind their key, or dead-lettered. */
export interface HeldMessage {
  readonly service: string;
  /** `ce_id`. */
  readonly messageId: string;
  readonly key: string | null;
  readonly state: string;
  readonly type: string;
  readonly reason: string | null;
  readonly lastError: string | null;
}

const HELD = `SELECT message_id AS "messageId", encode(key, 'escape') AS key, state, type, reason, last_error AS "lastError" FROM held_message`;

/** All messages that the services hold, or have held (`handled`, `discarded`) and not yet swept. */
export async function heldMessages(databasePrefix: string): Promise<readonly HeldMessage[]> {
  const held = await Promise.all(
    SERVICE_NAMES.map(async (service) =>
      (await queryService({ databasePrefix }, service, HELD)).map((row) => ({ ...row, service }) as HeldMessage),
    ),
  );
  return held.flat();
}
