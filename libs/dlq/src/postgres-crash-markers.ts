import { randomInt } from 'node:crypto';

import { Injectable } from '@nestjs/common';
import { Database } from '@waybill/database';
import type { DedicatedConnection } from '@waybill/database';
import { identityKey } from '@waybill/messaging';
import type { Company, CrashMarkers, DeathReport, MessageIdentity } from '@waybill/messaging';
import { BackgroundLoop } from '@waybill/observability';

import { Gathered } from './gathered.js';
import { identityOf } from './held-rows.js';
import {
  forgetDeaths,
  lastDeath,
  noticeDeaths,
  PROCESS_LOCKS,
  registerProcess,
  unregisterProcess,
} from './sql/consumer-process.js';
import { listSuspects, markMessages, unmarkMessages } from './sql/crash-markers.js';

const ALIVE_INTERVAL_MS = 5_000;

interface Marked {
  readonly group: string;
  readonly identity: MessageIdentity;
}

interface MarkerRow {
  readonly consumer_group: string;
  readonly source: string;
  readonly message_id: string;
  readonly subscriber: string;
  readonly suspect: boolean;
  readonly deaths: number;
}

/**
 * Crash markers beside the held messages. A process is alive as long as PostgreSQL holds its session, and with it the
 * advisory lock of its number. A session that is lost while the process lives is replaced within 5 s; until then others
 * may take the process for dead: what it has marked is handled with care, and nothing else happens.
 */
@Injectable()
export class PostgresCrashMarkers implements CrashMarkers {
  readonly #process = randomInt(1, 2 ** 31 - 1);
  #group = '';
  #connection: DedicatedConnection | undefined;
  #alive: BackgroundLoop | undefined;
  /** Many held messages begin at once. */
  readonly #marks = { alone: this.#marking('alone'), 'among-others': this.#marking('among-others') };
  readonly #unmarks = new Gathered<Marked, void>(async (marked) => {
    await this.database.query(unmarkMessages, [this.#process, ...columns(marked)]);
    return () => {};
  });

  constructor(private readonly database: Database) {}

  async open(group: string): Promise<void> {
    if (this.#connection) return;
    this.#group = group;
    const connection = this.database.dedicatedConnection({
      applicationName: `${group} (alive)`,
      setUp: [`SELECT pg_advisory_lock(${PROCESS_LOCKS}, ${this.#process})`],
    });
    this.#connection = connection;
    await connection.query(registerProcess, [group, this.#process]);
    // One that fails finds its connection gone; the next one opens a new one, and takes the lock with it.
    this.#alive = new BackgroundLoop({
      work: 'say that the consumer is alive',
      step: async () => void (await connection.query(registerProcess, [group, this.#process])),
      intervalMs: ALIVE_INTERVAL_MS,
      firstAfterMs: ALIVE_INTERVAL_MS,
    });
    this.#alive.start();
  }

  async close(): Promise<void> {
    const connection = this.#connection;
    if (!connection) return;
    this.#connection = undefined;
    await this.#alive?.stop();
    try {
      await connection.query(unregisterProcess, [this.#group, this.#process]);
    } finally {
      await connection.close();
    }
  }

  async look(group: string): Promise<DeathReport> {
    await this.database.query(noticeDeaths, [group]);
    await this.database.query(forgetDeaths, [group]);
    const [death] = await this.database.query<{ at_ms: number | null }>(lastDeath, [group]);
    const suspects = await this.database.query<MarkerRow>(listSuspects, [group]);
    return {
      lastDeathAtMs: death?.at_ms ?? undefined,
      suspects: suspects.map((row) => ({ identity: identityOf(row), deaths: row.deaths })),
    };
  }

  async mark(
    group: string,
    messages: readonly MessageIdentity[],
    company: Company,
  ): Promise<readonly (number | undefined)[]> {
    return this.#marks[company].add(messages.map((identity) => ({ group, identity })));
  }

  async unmark(group: string, messages: readonly MessageIdentity[]): Promise<void> {
    await this.#unmarks.add(messages.map((identity) => ({ group, identity })));
  }

  #marking(company: Company): Gathered<Marked, number | undefined> {
    return new Gathered(async (marked) => {
      const rows = await this.database.query<MarkerRow>(markMessages, [
        this.#process,
        company === 'alone',
        ...columns(marked),
      ]);
      const deaths = new Map(
        rows.filter(({ suspect }) => suspect).map((row) => [keyOf(row.consumer_group, identityOf(row)), row.deaths]),
      );
      return ({ group, identity }) => deaths.get(keyOf(group, identity));
    });
  }
}

function keyOf(group: string, identity: MessageIdentity): string {
  return `${group} ${identityKey(identity)}`;
}

function columns(marked: readonly Marked[]): [string[], string[], string[], string[]] {
  return [
    marked.map(({ group }) => group),
    marked.map(({ identity }) => identity.source),
    marked.map(({ identity }) => identity.id),
    marked.map(({ identity: { subscriber = '' } }) => subscriber),
  ];
}
