import { databaseUrl } from '@waybill/database';
import { Client } from 'pg';

export async function dropDatabase(serverUrl: string, name: string): Promise<void> {
  const server = new Client({ connectionString: databaseUrl(serverUrl, 'postgres') });
  await server.connect();
  await server.query(`DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`);
  await server.end();
}
