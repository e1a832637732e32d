import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { databaseUrl } from '@waybill/database';
import { startEmbeddedKafka, startEmbeddedPostgres } from '@waybill/embedded';
import { Client } from 'pg';

import { RunningSystem } from '../system/running-system.js';
import { until } from '../system/until.js';
import { isSame, SqlTap } from './sql-tap.js';
import type { SqlCall } from './sql-tap.js';

/** A line of pg_stat_statements. */
export interface StatementCount {
  readonly database: string;
  readonly text: string;
  readonly calls: number;
  readonly plans: number;
  readonly rows: number;
  readonly meanExecMs: number;
}

/** What has been counted since the last time it was asked. */
export interface Counts {
  /** By the databases' names without the run's prefix. */
  readonly statements: readonly StatementCount[];
  /** In the order in which they were sent. */
  readonly calls: readonly SqlCall[];
  /** By service, then by the protocol's name of the request. */
  readonly requests: ReadonlyMap<string, ReadonlyMap<string, number>>;
  readonly elapsedMs: number;
}

/** Our own questions are asked as this role, so that they are told from what is measured. */
const OBSERVER = 'observer';
const UNSHIPPABLE = { name: 'A', line1: 'B', city: 'C', postalCode: '00000', country: 'DE' };
const SERVICES = ['order', 'payment', 'inventory', 'shipping'] as const;

const COUNTED = `
  SELECT database.datname AS database, query AS text, calls::int, plans::int, rows::int, mean_exec_time AS "meanExecMs"
  FROM pg_stat_statements AS s JOIN pg_database AS database ON database.oid = s.dbid JOIN pg_roles AS role ON role.oid = s.userid
  WHERE starts_with(database.datname, $1) AND role.rolname <> '${OBSERVER}'`;

/**
 * The whole system on a PostgreSQL server and a Kafka broker of its own, which count what it asks them. Nothing there runs at its own
 * time (no autovacuum, no monitor), as it would make plans anew.
 */
export class MeasuredSystem {
  /** Texts of all that was sent in earlier looks. */
  readonly #sentBefore = new Set<string>();
  readonly #last = { requests: new Map<string, ReadonlyMap<string, number>>(), at: performance.now() };

  private constructor(
    readonly system: RunningSystem,
    private readonly parts: {
      readonly tap: SqlTap;
      readonly kafka: Awaited<ReturnType<typeof startEmbeddedKafka>>;
      readonly server: Client;
      readonly serverUrl: string;
      readonly databases: readonly Client[];
      readonly close: () => Promise<void>;
    },
  ) {}

  static async start(): Promise<MeasuredSystem> {
    const closing: (() => unknown)[] = [];
    const close = async (): Promise<void> => {
      for (const end of closing.splice(0).toReversed()) await end();
    };
    const connected = async (connectionString: string): Promise<Client> => {
      const client = new Client({ connectionString });
      await client.connect();
      closing.push(() => client.end());
      return client;
    };
    try {
      const folder = mkdtempSync(join(tmpdir(), 'waybill-cost-'));
      closing.push(() => rmSync(folder, { recursive: true, force: true }));
      const postgres = await startEmbeddedPostgres({
        dataDir: join(folder, 'postgres'),
        templateDir: resolve('.waybill/cache/postgres-template'),
        removeIfOrphaned: folder,
        settings: {
          shared_preload_libraries: 'pg_stat_statements',
          'pg_stat_statements.track_planning': 'on',
          autovacuum: 'off',
          fsync: 'off',
          full_page_writes: 'off',
        },
      });
      closing.push(() => postgres.stop());
      const kafka = await startEmbeddedKafka({ storage: 'memory', autoCreateTopics: false });
      closing.push(() => kafka.stop());
      const tap = await SqlTap.start(postgres.url);
      closing.push(() => tap.stop());
      const server = await connected(postgres.url);
      await server.query(`CREATE EXTENSION pg_stat_statements; CREATE ROLE ${OBSERVER} SUPERUSER LOGIN`);
      const system = await RunningSystem.start({
        DATABASE_URL: tap.url,
        KAFKA_BROKERS: kafka.brokers,
        MONITOR_INTERVAL_MS: '86400000',
      });
      closing.push(() => system.stop());
      const observed = new URL(postgres.url);
      observed.username = OBSERVER;
      const databases = await Promise.all(
        SERVICES.map((name) => connected(databaseUrl(observed.href, `${system.databasePrefix}${name}`))),
      );
      return new MeasuredSystem(system, { tap, kafka, server, serverUrl: postgres.url, databases, close });
    } catch (error) {
      await close();
      throw error;
    }
  }

  /** Places an order and waits until nothing more follows from it: all messages are handled, and marked as published. */
  async placeAndSettle(): Promise<void> {
    const placed = await this.system.place();
    if (placed.status !== 201) throw new Error(`POST /orders answered ${placed.status}: ${placed.text}`);
    let left: unknown;
    await until(async () => (left = await this.#whatIsLeft(placed.body.id)) === undefined, {
      what: `all that follows from order ${placed.body.id}`,
      detail: () => JSON.stringify(left),
    });
  }

  /** One order for each way in which it is undone. */
  async placeOthers(): Promise<void> {
    const slow = await this.system.place({ paymentMethod: 'pm_card_slow' });
    await this.system.post(`/orders/${slow.body.id}/cancel`, { reason: 'changed my mind' });
    const ends = [
      await this.system.placeAndWait({ paymentMethod: 'pm_card_declined' }),
      await this.system.placeAndWait({ items: [{ sku: 'SKU-SOLD-OUT', quantity: 1 }] }),
      await this.system.placeAndWait({ shippingAddress: UNSHIPPABLE }),
      await this.system.ended(slow.body.id),
    ].map(({ status }) => status);
    if (ends.includes('FULFILLED')) throw new Error(`Orders that were to be undone ended ${ends.join(', ')}`);
  }

  /** Starts counting from zero. */
  async count(): Promise<Counts> {
    const { tap, kafka, server } = this.parts;
    const prefix = this.system.databasePrefix;
    const unprefixed = (name: string): string => (name.startsWith(prefix) ? name.slice(prefix.length) : name);
    const { rows } = await server.query<StatementCount>(COUNTED, [prefix]);
    await server.query('SELECT pg_stat_statements_reset()');
    const calls = tap.take();
    // What was on its way between the two looks of PostgreSQL and of the tap was noted by one of them before, by the other after.
    const sent = new Set(calls.map(({ text }) => text));
    const isOf = (texts: Iterable<string>, { text }: StatementCount) => [...texts].some((each) => isSame(text, each));
    const statements = rows.filter((row) => isOf(sent, row) || !isOf(this.#sentBefore, row));
    for (const text of sent) this.#sentBefore.add(text);
    const requests = kafka.requests.byClient();
    const before = { ...this.#last };
    Object.assign(this.#last, { requests, at: performance.now() });
    return {
      statements: statements.map((row) => ({ ...row, database: unprefixed(row.database) })),
      calls: calls.map((call) => ({ ...call, database: unprefixed(call.database) })),
      requests: new Map([...requests].map(([name, counts]) => [name, since(before.requests.get(name), counts)])),
      elapsedMs: this.#last.at - before.at,
    };
  }

  /** Stops the services, and leaves their databases to the caller. @returns the URL of each, by its name without the run's prefix */
  async leaveDatabases(): Promise<ReadonlyMap<string, string>> {
    await this.system.stop();
    const { rows } = await this.parts.server.query<{ name: string }>(
      'SELECT datname AS name FROM pg_database WHERE starts_with(datname, $1)',
      [this.system.databasePrefix],
    );
    const { serverUrl } = this.parts;
    return new Map(
      rows.map(({ name }) => [name.slice(this.system.databasePrefix.length), databaseUrl(serverUrl, name)]),
    );
  }

  stop(): Promise<void> {
    return this.parts.close();
  }

  async #whatIsLeft(orderId: string): Promise<unknown> {
    const [saga] = await this.#ask<{ status: string }>(
      'SELECT status FROM saga_instance WHERE id = $1',
      [orderId],
      [0],
    );
    if (saga?.status !== 'COMPLETED') return saga;
    // In this order: what is handled has committed what follows from it.
    const handled = await this.#ask<{ id: string }>('SELECT message_id AS id FROM inbox', []);
    const sent = await this.#ask<{ id: string; marked: boolean }>(
      `SELECT id, published_at IS NOT NULL AS marked FROM outbox WHERE key = $1`,
      [orderId],
    );
    const ids = new Set(handled.map(({ id }) => id));
    const left = sent.filter(({ id, marked }) => !marked || !ids.has(id));
    return sent.length === 0 || left.length > 0 ? left : undefined;
  }

  async #ask<Row extends object>(text: string, values: readonly unknown[], of = [0, 1, 2, 3]): Promise<readonly Row[]> {
    const asked = this.parts.databases.filter((_, index) => of.includes(index));
    const answers = await Promise.all(asked.map((database) => database.query<Row>(text, [...values])));
    return answers.flatMap(({ rows }) => rows);
  }
}

function since(
  before: ReadonlyMap<string, number> | undefined,
  now: ReadonlyMap<string, number>,
): ReadonlyMap<string, number> {
  return new Map([...now].map(([name, count]) => [name, count - (before?.get(name) ?? 0)]));
}
