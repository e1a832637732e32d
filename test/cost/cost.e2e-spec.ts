import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { differences, plannedTooOften, readBudget, writeBudget } from './budget.js';
import { costLines, labelOf } from './cost-of-an-order.js';
import type { CostLine } from './cost-of-an-order.js';
import { MeasuredSystem } from './measured-system.js';
import type { Counts } from './measured-system.js';
import { planFaults } from './plans.js';
import { printCost } from './print-cost.js';

const PAGE = join(__dirname, 'README.md');
/** Until each connection in use has planned its statements. */
const WARM_UP = 3;
const ORDERS = 10;
/** Its plan is made at the first undoing, and only an ANALYZE of an empty table misleads it. */
const ONLY_ON_AN_EMPTY_TABLE = /dlq_supersede_undone: .* \(no rows, analysed\)$/;

describe('one order at a time', () => {
  const page = readFileSync(PAGE, 'utf8');
  const budget = readBudget(page);
  let system: MeasuredSystem;
  let lines: readonly CostLine[];
  let elapsedMs: number;
  /** Prepared so far, by their database. */
  const statements = new Map<string, Map<string, string>>();

  async function count(): Promise<Counts> {
    const counts = await system.count();
    for (const { database, name, text } of counts.calls) {
      if (name !== '')
        statements.set(database, (statements.get(database) ?? new Map<string, string>()).set(name, text));
    }
    return counts;
  }

  async function measure(): Promise<Counts> {
    for (let order = 0; order < ORDERS; order++) await system.placeAndSettle();
    const counts = await count();
    lines = costLines(counts, ORDERS, (service, what) => budget.isApart(service, what));
    elapsedMs = counts.elapsedMs;
    return counts;
  }

  beforeAll(async () => {
    system = await MeasuredSystem.start();
    for (let order = 0; order < WARM_UP; order++) await system.placeAndSettle();
    await count();
    let counts = await measure();
    if (differences(budget, { lines, orders: ORDERS, elapsedMs }).length > 0) counts = await measure(); // what has grown has grown twice
    if (process.env['COST'] !== undefined) printCost(counts, ORDERS);
    if (process.env['COST'] === 'write') writeFileSync(PAGE, writeBudget(page, { lines, orders: ORDERS, elapsedMs }));
  }, 120_000);

  afterAll(() => system?.stop(), 60_000);

  it('costs what test/cost/README.md says, statement by statement', () => {
    const current = readBudget(readFileSync(PAGE, 'utf8'));
    expect(differences(current, { lines, orders: ORDERS, elapsedMs })).toEqual([]);
  });

  it('has no statement that the server plans at each call', () => {
    expect(plannedTooOften(lines)).toEqual([]);
  });

  it('finds all rows by index, whatever size the tables have, of orders that are undone, too', async () => {
    await system.placeOthers();
    await count();
    const urls = await system.leaveDatabases();
    const asked = new Set<string>(); // what a lib does is the same in each service
    const faults = await Promise.all(
      [...urls].map(async ([database, url]) => {
        const prepared = [...(statements.get(database) ?? [])].filter(
          ([name, text]) => !budget.isFromTimeToTime(database, labelOf({ name, text })) && !asked.has(text),
        );
        for (const [, text] of prepared) asked.add(text);
        return (await planFaults(url, new Map(prepared))).map((fault) => `${database}: ${fault}`);
      }),
    );
    expect(faults.flat().filter((fault) => !fault.match(ONLY_ON_AN_EMPTY_TABLE))).toEqual([]);
  }, 120_000);
});
