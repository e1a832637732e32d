import { costLines, labelOf, roundTripsOf, transactionsOf } from './cost-of-an-order.js';
import type { Counts } from './measured-system.js';

/** Prints, for people, what an order costs: its statements in the order of their first call, then its transactions. */
export function printCost(counts: Counts, orders: number): void {
  const lines = costLines(counts, orders, () => false);
  const statements = lines
    .filter(({ text }) => text !== undefined)
    .map(({ service, what, count, rows = 0, plans = 0, meanExecMs = 0 }) => [
      service,
      what,
      each(count, orders),
      each(rows, orders),
      each(plans, orders),
      meanExecMs.toFixed(3),
    ]);
  const transactions = new Map<string, number>();
  for (const transaction of transactionsOf(counts.calls)) {
    const [first] = transaction;
    const key = [first?.database ?? '', String(roundTripsOf(transaction)), transaction.map(labelOf).join(', ')].join(
      '\t',
    );
    transactions.set(key, (transactions.get(key) ?? 0) + 1);
  }
  const sum = (of: string): string =>
    each(lines.find(({ service, what }) => service === 'all' && what === of)?.count ?? 0, orders);
  const all = each(counts.calls.length, orders);
  const byService = [...transactions].map(([key, count]) => [each(count, orders), ...key.split('\t')]);
  process.stdout.write(
    [
      table(['service', 'statement', 'calls', 'rows', 'plans', 'ms'], statements),
      table(['an order', 'service', 'round trips', 'transaction'], byService),
      `An order, with what is done beside it: ${all} statements in ${sum('transactions')} transactions and ${sum('round trips')} round trips.\n`,
    ].join('\n'),
  );
}

function each(count: number, orders: number): string {
  return (count / orders).toFixed(2);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((cell, column) => Math.max(cell.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return [head, ...rows].map((row) => `${line(row)}\n`).join('');
}
