import { createHash } from 'node:crypto';

import type { Statement } from './statement.js';

/**
 * A statement that writes or locks, and whose rows nobody asks for. Writes that follow each other go out as parts of one statement, which see
 * the database as it was before all of them.
 */
export interface WriteStatement extends Pick<Statement, 'name'> {
  /** INSERT, UPDATE, DELETE, or a SELECT for what it does. */
  readonly text: string;
  /** By name, unique in the service: what the text selects from and what writes itself, which PostgreSQL wants at the top of the whole. */
  readonly with?: Readonly<Record<string, string>>;
  /** The tables it reads and writes. Writes that name the same table never share a statement, as the second wouldn't see what the first did. */
  readonly tables: readonly string[];
}

const MOST_NAME = 63;

/** By the names of the parts, which are unique in the service. */
const statements = new Map<string, Statement>();

/** The writes as one statement, in which each has its name; its parameters are theirs, one after the other. */
export function statementOf(writes: readonly WriteStatement[]): Statement {
  const names = writes.map(({ name }) => name).join('+');
  const known = statements.get(names);
  if (known) return known;
  const statement = { name: nameOf(names), text: writes.length === 1 ? alone(writes) : together(writes) };
  statements.set(names, statement);
  return statement;
}

function alone([write]: readonly WriteStatement[]): string {
  const parts = Object.entries(write?.with ?? {}).map(([name, text]) => `${name} AS (${text})`);
  return `${parts.length > 0 ? `WITH ${parts.join(', ')} ` : ''}${write?.text}`;
}

/**
 * What writes is carried out whether or not anything selects from it; a part that selects, because its rows are counted, and whole, because it is
 * materialized.
 */
function together(writes: readonly WriteStatement[]): string {
  const parts: string[] = [];
  const selects: string[] = [];
  let before = 0;
  for (const { name, text, with: others = {} } of writes) {
    const selecting = /^\s*SELECT\b/i.test(text);
    if (selecting) selects.push(`(SELECT count(*) FROM ${name})`);
    for (const [ofOther, other] of Object.entries(others)) parts.push(` ${ofOther} AS (${shifted(other, before)})`);
    parts.push(`${name} AS ${selecting ? 'MATERIALIZED ' : ''}(${shifted(text, before)})`);
    before += Math.max(0, ...[text, ...Object.values(others)].flatMap(positions));
  }
  return `WITH ${parts.join(',\n')}\nSELECT ${selects.join(', ')}`;
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
