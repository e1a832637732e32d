import type { Counts, StatementCount } from './measured-system.js';
import { isSame } from './sql-tap.js';
import type { SqlCall } from './sql-tap.js';

/** What one order costs in one service or simulator. */
export interface CostLine {
  readonly service: string;
  /** A statement's name (its text where it has none), or one of the sums below. */
  readonly what: string;
  readonly count: number;
  /** Of statements: rows returned or written, by all calls. */
  readonly rows?: number;
  /** Of statements: the text, and how often it was planned for all connections that used it. */
  readonly text?: string;
  readonly plans?: number;
  readonly connections?: number;
  readonly meanExecMs?: number;
}

/** Kafka requests that are counted. */
const REQUESTS = ['Produce', 'Fetch', 'OffsetCommit'];
/** Kafka requests that come from time to time, whatever is ordered. */
const REQUESTS_APART = [
  'ApiVersions',
  'FindCoordinator',
  'Heartbeat',
  'JoinGroup',
  'ListOffsets',
  'Metadata',
  'OffsetFetch',
  'SyncGroup',
];

/** Of a statement that several writes share: its name may be too long to hold all of theirs. */
const PART = /^(?:WITH )?(\w+) AS /gm;

/** They are counted as transactions: which of them are an order's own is told by what is between them. */
const BRACKETS = /^(BEGIN|COMMIT|ROLLBACK)\b/;

/**
 * What was counted while so many orders were placed: sums, then statement by statement in the order of their first call.
 * @param isApart whether a statement is done in bulk or from time to time: it is listed, but is in no sum
 */
export function costLines(
  counts: Counts,
  orders: number,
  isApart: (service: string, what: string) => boolean,
): readonly CostLine[] {
  const own = counts.calls.filter((call) => !isApart(call.database, labelOf(call)));
  const apart = counts.calls
    .filter((call) => isApart(call.database, labelOf(call)))
    .toSorted((a, b) => (labelOf(a) < labelOf(b) ? -1 : 1)); // their order says nothing
  const services = [...new Set(transactionsOf(own).map(([call]) => call?.database ?? ''))];
  return [
    ...sums('all', own, orders),
    ...services.flatMap((service) => [
      ...requestLines(service, counts),
      ...sums(
        service,
        own.filter(({ database }) => database === service),
        orders,
      ),
      ...statementLines(service, [...own, ...apart], counts.statements),
    ]),
  ];
}

function statementLines(
  service: string,
  calls: readonly SqlCall[],
  statements: readonly StatementCount[],
): readonly CostLine[] {
  const sent = new Map<string, SqlCall[]>();
  for (const call of calls) {
    if (call.database === service && !BRACKETS.test(call.text))
      sent.set(call.text, [...(sent.get(call.text) ?? []), call]);
  }
  const texts = [...sent.keys()];
  return statements
    .filter(({ database, text }) => database === service && !BRACKETS.test(text))
    .map(({ text, ...counted }) => ({ ...counted, text: texts.find((other) => isSame(text, other)) ?? text }))
    .toSorted((a, b) => texts.indexOf(a.text) - texts.indexOf(b.text))
    .map(({ text, calls: count, rows, plans, meanExecMs }) => {
      const found = sent.get(text) ?? [];
      const connections = new Set(found.map(({ connection }) => connection)).size;
      return {
        service,
        what: labelOf(found[0] ?? { name: '', text }),
        count,
        rows,
        text,
        plans,
        connections,
        meanExecMs,
      };
    });
}

/**
 * Where the answers to two statements arrive apart, what follows the first of them may or may not have been sent by then: now and then
 * a busy machine makes one round trip more or less. So they are rounded, and the longest transaction is one that most orders have.
 */
function sums(service: string, calls: readonly SqlCall[], orders: number): readonly CostLine[] {
  const transactions = transactionsOf(calls);
  const roundTrips = transactions.map(roundTripsOf).toSorted((a, b) => b - a);
  return [
    { service, what: 'transactions', count: transactions.length },
    { service, what: 'statements, with BEGIN and COMMIT', count: transactions.flat().length },
    { service, what: 'round trips', count: Math.round(total(roundTrips) / orders) * orders },
    { service, what: 'round trips of a transaction, at most', count: roundTrips[Math.floor(orders / 2)] ?? 0 },
  ];
}

/** What began by BEGIN and ended by COMMIT, with anything between; a statement outside is a transaction by itself. */
export function transactionsOf(calls: readonly SqlCall[]): readonly (readonly SqlCall[])[] {
  const done: SqlCall[][] = [];
  const open = new Map<number, SqlCall[]>();
  for (const call of calls) {
    const { connection, text } = call;
    const current = open.get(connection);
    if (text.startsWith('BEGIN')) open.set(connection, [call]);
    else if (current === undefined) done.push([call]);
    else {
      current.push(call);
      if (text !== 'COMMIT' && text !== 'ROLLBACK') continue;
      open.delete(connection);
      if (current.length > 2) done.push(current);
    }
  }
  return done;
}

/** BEGIN never travels alone; where it does here, it went with something that is counted apart. */
export function roundTripsOf(transaction: readonly SqlCall[]): number {
  const sent = transaction.filter(({ text }) => !text.startsWith('BEGIN'));
  return new Set(sent.map(({ roundTrip }) => roundTrip)).size;
}

function requestLines(service: string, { requests }: Counts): readonly CostLine[] {
  const counts = requests.get(service) ?? new Map<string, number>();
  return [...counts]
    .filter(([name, count]) => !REQUESTS_APART.includes(name) && (REQUESTS.includes(name) || count > 0))
    .toSorted(([a], [b]) => REQUESTS.indexOf(a) - REQUESTS.indexOf(b))
    .map(([name, count]) => ({ service, what: `${name} requests`, count }));
}

export function labelOf({ name, text }: Pick<SqlCall, 'name' | 'text'>): string {
  if (name.includes('+')) return [...text.matchAll(PART)].map(([, part]) => part).join(' + ');
  return name === '' ? text.replaceAll(/\s+/g, ' ').trim().slice(0, 60) : name;
}

function total(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}
