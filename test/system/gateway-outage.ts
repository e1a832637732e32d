import { databaseUrl } from '@waybill/database';
import { testDatabaseServer } from '@waybill/embedded/testing';
import { Client } from 'pg';

/** The payment gateway is down: its books are out of its reach, so that each call to it fails and takes no effect. */
export class GatewayOutage {
  private constructor(private readonly databasePrefix: string) {}

  static async begin(databasePrefix: string): Promise<GatewayOutage> {
    const outage = new GatewayOutage(databasePrefix);
    await outage.#rename('charge', 'charge_out_of_reach');
    return outage;
  }

  /** Repeatable. */
  async end(): Promise<void> {
    await this.#rename('charge_out_of_reach', 'charge');
  }

  async #rename(from: string, to: string): Promise<void> {
    const database = `${this.databasePrefix}payment_provider`;
    const client = new Client({ connectionString: databaseUrl(testDatabaseServer(), database) });
    await client.connect();
    try {
      await client.query(`ALTER TABLE IF EXISTS ${from} RENAME TO ${to}`);
    } finally {
      await client.end();
    }
  }
}
