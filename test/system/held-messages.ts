import { SERVICE_NAMES } from '@waybill/contracts';
import { databaseUrl } from '@waybill/database';
import { testDatabaseServer } from '@waybill/embedded/testing';
import { Client } from 'pg';

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

/** All messages that the services hold, or have held (`handled`, `discarded`) and not yet swept. */
export async function heldMessages(databasePrefix: string): Promise<readonly HeldMessage[]> {
  const held = await Promise.all(SERVICE_NAMES.map((service) => heldBy(databasePrefix, service)));
  return held.flat();
}

async function heldBy(databasePrefix: string, service: string): Promise<readonly HeldMessage[]> {
  const client = new Client({ connectionString: databaseUrl(testDatabaseServer(), `${databasePrefix}${service}`) });
  await client.connect();
  try {
    const { rows } = await client.query<HeldMessage>(
      `SELECT $1 AS service, message_id AS "messageId", encode(key, 'escape') AS key, state, type, reason, last_error AS "lastError" FROM held_message`,
      [service],
    );
    return rows;
  } finally {
    await client.end();
  }
}
