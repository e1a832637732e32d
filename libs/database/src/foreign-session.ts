import { Logger } from '@nestjs/common';
import type { DataSource } from 'typeorm';

import { UnusableDatabaseError } from './database.errors.js';
import { GuardedClient } from './guarded-client.js';
import type { Statement } from './statement.js';

/** What connections of {@link GuardedClient} are given, and others must have: with anything else, what was committed could be lost, or read wrongly. */
const NEEDED = {
  synchronous_commit: [(value: string) => value !== 'off', 'on'],
  default_transaction_isolation: [(value: string) => value === 'read committed', 'read committed'],
  default_transaction_read_only: [(value: string) => value === 'off', 'off'],
  server_encoding: [(value: string) => value === 'UTF8', 'UTF8'],
  DateStyle: [(value: string) => value.startsWith('ISO'), 'ISO, MDY'],
  IntervalStyle: [(value: string) => value === 'postgres', 'postgres'],
  extra_float_digits: [(value: string) => Number(value) >= 1, '1'],
  standard_conforming_strings: [(value: string) => value === 'on', 'on'],
  transform_null_equals: [(value: string) => value === 'off', 'off'],
  array_nulls: [(value: string) => value === 'on', 'on'],
} as const satisfies Record<string, readonly [(value: string) => boolean, string]>;

const readSettings: Statement = {
  name: 'foreign_session',
  text: 'SELECT name, current_setting(name, true) AS value FROM unnest($1::text[]) AS name',
};

/** Makes connections of its own, of whatever kind: an application's data source needn't be ours. */
export function isGuarded({ options }: DataSource): boolean {
  const { Client } = (options.type === 'postgres' ? (options.extra ?? {}) : {}) as { readonly Client?: unknown };
  return typeof Client === 'function' && (Client === GuardedClient || Client.prototype instanceof GuardedClient);
}

/**
 * For a data source whose connections nobody prepares: warns of what is missing, and looks at one of its sessions, as all begin with the
 * same defaults (F77).
 * @throws UnusableDatabaseError naming every setting that doesn't do
 */
export async function checkForeignSession(
  query: (
    statement: Statement,
    values: readonly unknown[],
  ) => Promise<{ readonly name: string; readonly value: string | null }[]>,
): Promise<void> {
  new Logger('Database').warn(
    "The data source's connections aren't GuardedClient's (extra: { Client: GuardedClient }): a lost one may end the process, " +
      'a failover leaves them behind, and settings are checked now but never again',
  );
  const settings = await query(readSettings, [Object.keys(NEEDED)]);
  const faults = settings.flatMap(({ name, value }) => {
    const [fits, needed] = NEEDED[name as keyof typeof NEEDED]; // as asked
    return value === null || fits(value) ? [] : [`${name} is ${value}, needs ${needed}`];
  });
  if (faults.length === 0) return;
  throw new UnusableDatabaseError(
    `The sessions of the data source don't keep what was committed, or are read wrongly: ${faults.join('; ')}. Give it ` +
      '`extra: { Client: GuardedClient }`, which sets what can be set, or change the defaults of role, database or server',
  );
}
