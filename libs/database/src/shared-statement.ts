import { createHash } from 'node:crypto';

import type { Row, Statement } from './statement.js';

/**
 * A statement that writes or locks, and whose rows nobody asks for. Those that follow each other go out as parts of one statement, which see
 * the database as it was before all of them.
 */
export interface WriteStatement extends Pick<Statement, 'name'> {
  /** INSERT, UPDATE, DELETE, or a SELECT for what it does. */
  readonly text: string;
  /** By name, unique in the service: what the text selects from and what writes itself, which PostgreSQL wants at the top of the whole. */
  readonly with?: Readonly<Record<string, string>>;
  /** The tables it reads and writes. Parts that name the same table never share a statement, as the second wouldn't see what the first did. */
  readonly tables: readonly string[];
}

/**
 * The same, but its rows are asked for: a SELECT, also one that locks, or what writes and is RETURNING something. They arrive as JSON has them, so a
 * bigint is to be selected as text or float8, and a time as one of those; bytes not at all.
 */
export interface ReadStatement extends WriteStatement {
  readonly returns: 'rows';
}

export type SharedStatement = WriteStatement | ReadStatement;

const MOST_NAME = 63;

/** Of each part, by its name. */
const texts = new Map<string, string>();
/** By the names of the parts. */
const statements = new Map<string, Statement>();

/** @throws TypeError where another statement of this process has the name: the text of one of them would be run for both. */
export function assertOwnName({ name, text }: SharedStatement): void {
  const known = texts.get(name);
  if (known === undefined) texts.set(name, text);
  else if (known !== text) throw new TypeError(`Two statements have the name ${name}`);
}

/**
 * The parts as one statement, in which each has its name; its parameters are theirs, one after the other. Its one row has the rows of each
 * part that is asked for them under the name of that part, null where there are none. Those parts are carried out in their order.
 */
export function statementOf(parts: readonly SharedStatement[]): Statement {
  const names = parts.map(({ name }) => name).join('+');
  const known = statements.get(names);
  if (known) return known;
  const [first] = parts;
  const isPlain = parts.length === 1 && first !== undefined && !isRead(first);
  const statement = { name: nameOf(names), text: isPlain ? plain(first) : together(parts) };
  statements.set(names, statement);
  return statement;
}

function plain({ text, with: others = {} }: WriteStatement): string {
  const parts = Object.entries(others).map(([name, other]) => `${name} AS (${other})`);
  return `${parts.length > 0 ? `WITH ${parts.join(', ')} ` : ''}${text}`;
}

/**
 * What writes is carried out whether or not anything selects from it; a part that selects, because its rows are counted, and whole, because it is
 * materialized.
 */
function together(parts: readonly SharedStatement[]): string {
  const tables: string[] = [];
  const columns: string[] = [];
  let before = 0;
  for (const part of parts) {
    const { name, text, with: others = {} } = part;
    const selects = !isRead(part) && /^\s*SELECT\b/i.test(text);
    if (isRead(part)) columns.push(`(SELECT json_agg(${name}) FROM ${name}) AS ${name}`);
    if (selects) columns.push(`(SELECT count(*) FROM ${name})`);
    for (const [ofOther, other] of Object.entries(others)) tables.push(` ${ofOther} AS (${shifted(other, before)})`);
    tables.push(`${name} AS ${selects ? 'MATERIALIZED ' : ''}(${shifted(text, before)})`);
    before += Math.max(0, ...[text, ...Object.values(others)].flatMap(positions));
  }
  return `WITH ${tables.join(',\n')}\nSELECT ${columns.join(', ')}`;
}

function isRead(part: SharedStatement): part is ReadStatement {
  return 'returns' in part;
}

function positions(text: string): readonly number[] {
  return [...text.matchAll(/\$(\d+)/g)].map(([, position]) => Number(position));
}

function shifted(text: string, by: number): string {
  return text.replaceAll(/\$(\d+)/g, (_, position) => `$${Number(position) + by}`);
}

function nameOf(names: string): string {
  if (names.length <= MOST_NAME) return names;
  const hash = createHash('sha256').update(names).digest('hex').slice(0, 12);
  return `${names.slice(0, MOST_NAME - hash.length - 1)}+${hash}`;
}

/** Waits for others to share its statement. */
export interface Part {
  readonly statement: SharedStatement;
  readonly values: readonly unknown[];
  readonly resolve: (rows: Row[]) => void;
  readonly reject: (error: unknown) => void;
}

/** What a shared statement returns: the rows of each, by its name. */
export type SharedRow = Readonly<Record<string, Row[] | null>>;

export function settleParts(parts: readonly Part[], shared: Statement, row: SharedRow | undefined): void {
  for (const { statement, resolve, reject } of parts) {
    const rows = row?.[statement.name];
    // Taken for no rows, it would say of every message that it is new.
    if (rows === undefined && isRead(statement))
      reject(new TypeError(`No rows of ${statement.name} in ${shared.name}`));
    else resolve(rows ?? []);
  }
}
