import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { differences, plannedTooOften, readBudget, writeBudget } from './budget.js';
import { costLines } from './cost-of-an-order.js';
import type { CostLine } from './cost-of-an-order.js';
import { MeasuredSystem } from './measured-system.js';
import { printCost } from './print-cost.js';

const PAGE = join(__dirname, 'README.md');
/** Until each connection in use has planned its statements. */
const WARM_UP = 3;
const ORDERS = 10;

describe('one order at a time', () => {
  const page = readFileSync(PAGE, 'utf8');
  const budget = readBudget(page);
  let system: MeasuredSystem;
  let lines: readonly CostLine[];
  let elapsedMs: number;

  beforeAll(async () => {
    system = await MeasuredSystem.start();
    for (let order = 0; order < WARM_UP; order++) await system.placeAndSettle();
    await system.count();
    for (let order = 0; order < ORDERS; order++) await system.placeAndSettle();
    const counts = await system.count();
    lines = costLines(counts, ORDERS, (service, what) => budget.isApart(service, what));
    elapsedMs = counts.elapsedMs;
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
});
