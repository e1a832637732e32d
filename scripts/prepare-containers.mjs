// Runs once before the apps of docker-compose.yml, as PostgreSQL's superuser. Gives each service a role that is no superuser, its
// databases, and a volume of its own with what it needs to know: database-url and admin-token. Whatever is there already is kept,
// also databases that belonged to the superuser before; so it may run at each start.
import { randomBytes } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';

import { Client, escapeIdentifier as quoted, escapeLiteral } from 'pg';

import { SERVICE_NAMES } from '../dist/libs/contracts/src/services.js';

/** Databases beside a service's own: the books of the simulated provider and carrier. */
const MORE_DATABASES = { payment: ['payment_provider'], shipping: ['carrier'] };

const {
  DATABASE_URL = '',
  POSTGRES_PASSWORD = '', // of the user in DATABASE_URL, as it is, where the URL has none
  DATABASE_PREFIX = 'waybill_',
  ADMIN_TOKEN = '',
  SECRETS_DIR = '/run/waybill',
} = process.env;

/** Everything that a service's migrations make; indexes and types of tables follow their tables. */
const FOREIGN_OBJECTS = `
  SELECT CASE relkind WHEN 'S' THEN 'SEQUENCE' WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE 'TABLE' END AS kind,
         c.oid::regclass::text AS name
  FROM pg_class c
  WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'S', 'v', 'm') AND c.relowner <> $1::regrole
    AND NOT EXISTS (SELECT 1 FROM pg_depend d
                    WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND c.relkind = 'S' AND d.deptype IN ('a', 'i'))
  UNION ALL
  SELECT 'ROUTINE', p.oid::regprocedure::text FROM pg_proc p
  WHERE p.pronamespace = 'public'::regnamespace AND p.proowner <> $1::regrole`;

/** The error of `new URL` holds its input, and Node prints that: with the password in it. */
function urlOf(text, source) {
  if (!URL.canParse(text)) throw new Error(`${source} must be a URL, and isn't`);
  return new URL(text);
}

async function connected(database, work) {
  const url = urlOf(DATABASE_URL, 'DATABASE_URL');
  if (url.password === '') url.password = encodeURIComponent(POSTGRES_PASSWORD);
  url.pathname = `/${encodeURIComponent(database)}`;
  const client = new Client({ connectionString: url.href });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

async function prepareDatabase(server, database, role) {
  const { rowCount } = await server.query('SELECT 1 FROM pg_database WHERE datname = $1', [database]);
  if (rowCount === 0) {
    await server.query(`CREATE DATABASE ${quoted(database)} OWNER ${quoted(role)} ENCODING 'UTF8' TEMPLATE template0`);
  }
  await server.query(`ALTER DATABASE ${quoted(database)} OWNER TO ${quoted(role)}`);
  await server.query(`REVOKE ALL ON DATABASE ${quoted(database)} FROM PUBLIC`);
  await connected(database, async (client) => {
    const { rows } = await client.query(FOREIGN_OBJECTS, [quoted(role)]);
    for (const { kind, name } of rows) await client.query(`ALTER ${kind} ${name} OWNER TO ${quoted(role)}`);
  });
}

/** What was written at an earlier start. */
const kept = (file) => readFile(file, 'utf8').catch(() => '');

async function keep(file, text) {
  await writeFile(`${file}.new`, text, { mode: 0o400 });
  await rename(`${file}.new`, file);
}

const tokens = await Promise.all(SERVICE_NAMES.map((name) => kept(join(SECRETS_DIR, name, 'admin-token'))));
const token = ADMIN_TOKEN || tokens.find((known) => known !== '') || randomBytes(24).toString('hex');
const passwords = await Promise.all(
  SERVICE_NAMES.map(async (name) => {
    const file = join(SECRETS_DIR, name, 'database-url');
    const known = await kept(file);
    return known === '' ? randomBytes(24).toString('hex') : urlOf(known, file).password;
  }),
);

await connected('postgres', async (server) => {
  for (const name of ['postgres', 'template1']) await server.query(`REVOKE CONNECT ON DATABASE ${name} FROM PUBLIC`);
  for (const [index, service] of SERVICE_NAMES.entries()) {
    const role = `${DATABASE_PREFIX}${service}`;
    const password = passwords[index];
    const { rowCount } = await server.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [role]);
    if (rowCount === 0) await server.query(`CREATE ROLE ${quoted(role)}`);
    await server.query(
      `ALTER ROLE ${quoted(role)} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD ${escapeLiteral(password)}`,
    );
    for (const database of [service, ...(MORE_DATABASES[service] ?? [])]) {
      await prepareDatabase(server, `${DATABASE_PREFIX}${database}`, role);
    }
    const url = urlOf(DATABASE_URL, 'DATABASE_URL');
    Object.assign(url, { username: role, password });
    await keep(join(SECRETS_DIR, service, 'database-url'), url.href);
    await keep(join(SECRETS_DIR, service, 'admin-token'), token);
  }
});
console.log(`Prepared ${SERVICE_NAMES.join(', ')}: a role, databases and secrets each`);
