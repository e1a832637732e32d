import type { CostLine } from './cost-of-an-order.js';

/** A line of the table in README.md. */
export interface BudgetLine {
  /** A service, a simulator, or `each`. */
  readonly service: string;
  /** Of `each`, also several, with semicolons between. */
  readonly what: string;
  /** `2`: as many an order. `≤ 4`: what is done in bulk, at most as many. `every 2 s`: whatever is ordered. `4 + every 2 s`: both. */
  readonly budget: string;
  /** Rows an order, of statements that are counted exactly. */
  readonly rows: string;
  readonly reason: string;
}

interface Measured {
  readonly lines: readonly CostLine[];
  readonly orders: number;
  readonly elapsedMs: number;
}

interface Limits {
  readonly least: number;
  readonly most: number;
}

const HEAD = '| service | what | an order | rows | for |\n|---|---|---|---|---|\n';
const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, min: 60_000 };
/** A sum that is the largest of all orders, not a number that each of them adds to. */
const isMost = (what: string): boolean => what.endsWith('at most');

/** The numbers by service and what they count. */
export class Budget {
  readonly #lines: ReadonlyMap<string, BudgetLine>;

  constructor(readonly lines: readonly BudgetLine[]) {
    this.#lines = new Map(lines.flatMap((line) => keysOf(line).map((key) => [key, line])));
  }

  find(service: string, what: string): BudgetLine | undefined {
    return this.#lines.get(keyOf({ service, what })) ?? this.#lines.get(keyOf({ service: 'each', what }));
  }

  /** Whether something is done whatever is ordered. What has no line belongs to orders of other kinds. */
  isFromTimeToTime(service: string, what: string): boolean {
    return this.find(service, what)?.budget.startsWith('every') === true;
  }

  /** Whether something is in no sum, because it isn't an order's own. */
  isApart(service: string, what: string): boolean {
    return isApart(this.find(service, what)?.budget ?? '');
  }
}

function isApart(budget: string): boolean {
  return budget.startsWith('≤') || budget.startsWith('every');
}

export function readBudget(page: string): Budget {
  const table = page.split(HEAD)[1];
  if (table === undefined) throw new Error(`The page has no table that begins with ${HEAD}`);
  const lines = table
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) => {
      const [service = '', what = '', budget = '', rows = '', reason = ''] = line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim());
      return { service, what: what.replaceAll('`', ''), budget, rows, reason };
    });
  return new Budget(lines);
}

/** What differs from the budget, one entry each. @returns none when all is as it should be */
export function differences(budget: Budget, { lines, orders, elapsedMs }: Measured): readonly string[] {
  const grown = lines.flatMap((line) => {
    const { service, what, count, text } = line;
    const entry = budget.find(service, what);
    const statement = text === undefined ? '' : `:\n${text}`;
    const now = perOrder(line, orders);
    if (entry === undefined) return [`${service}: ${what} is new, ${now} an order${statement}`];
    const { least, most } = limitsOf(entry.budget, isMost(what) ? 1 : orders, elapsedMs);
    if (count > most)
      return [`${service}: ${what} costs ${entry.budget} an order, now ${now} (${count} in all)${statement}`];
    if (count < least) return [`${service}: ${what} costs ${entry.budget} an order, now only ${now}${LOWER_IT}`];
    if (entry.rows !== '' && line.rows !== Number(entry.rows) * orders) {
      return [`${service}: ${what} has ${entry.rows} rows an order, now ${(line.rows ?? 0) / orders}${statement}`];
    }
    return [];
  });
  const found = new Set(lines.map(keyOf));
  const gone = budget.lines.filter((line) => !found.has(keyOf(line)) && limitsOf(line.budget, 1, 0).least > 0);
  return [...grown, ...gone.map(({ service, what }) => `${service}: ${what} is no longer done${LOWER_IT}`)];
}

const LOWER_IT = '. If that is meant, `npm run cost:write` lowers the budget.';

/** Statements that the server plans more often than once a connection. */
export function plannedTooOften(lines: readonly CostLine[]): readonly string[] {
  return lines
    .filter(({ plans = 0, connections = 0 }) => plans > connections)
    .map(
      ({ service, what, plans, count, text }) =>
        `${service}: ${what} was planned ${plans} times for ${count} calls:\n${text}`,
    );
}

/** The page with the numbers that were measured. What isn't exact stays as it is, and so does what each line is for. */
export function writeBudget(page: string, { lines, orders }: Measured): string {
  const before = readBudget(page);
  const reasons = new Map(before.lines.map(({ what, reason }) => [what, reason]));
  const written = lines.flatMap((line): readonly BudgetLine[] => {
    const entry = before.find(line.service, line.what);
    if (entry?.service === 'each') return [];
    if (entry !== undefined && isApart(entry.budget)) return [entry];
    const [, ...timed] = entry?.budget.split(' + ') ?? [];
    const number = timed.length === 0 ? perOrder(line, orders) : Math.floor(line.count / orders);
    const reason = entry?.reason ?? reasons.get(line.what) ?? '';
    return [{ ...line, budget: [number, ...timed].join(' + '), rows: rowsOf(line, orders), reason }];
  });
  const found = new Set(written.map(keyOf));
  const silent = before.lines.filter((line) => isApart(line.budget) && !found.has(keyOf(line)));
  const services = [...new Set(lines.map(({ service }) => service)), 'each'];
  const table = services.flatMap((service) => [...written, ...silent].filter((line) => line.service === service));
  const [start = ''] = page.split(HEAD);
  return `${start}${HEAD}${table.map(rowOf).join('')}`;
}

function rowOf({ service, what, budget, rows, reason }: BudgetLine): string {
  return `| ${service} | ${nameOf(service, what)} | ${budget} | ${rows} | ${reason} |\n`;
}

function nameOf(service: string, what: string): string {
  if (service === 'each') return `\`${what.split('; ').join('`; `')}\``;
  return what.includes('_') ? `\`${what}\`` : what;
}

function rowsOf({ rows }: CostLine, orders: number): string {
  return rows === undefined ? '' : String(rows / orders);
}

function perOrder({ what, count }: CostLine, orders: number): string {
  return String(isMost(what) ? count : count / orders);
}

function keysOf({ service, what }: BudgetLine): readonly string[] {
  const names = service === 'each' ? what.split('; ') : [what];
  return names.map((name) => keyOf({ service, what: name }));
}

function keyOf({ service, what }: { readonly service: string; readonly what: string }): string {
  return `${service} ${what}`;
}

/**
 * What is done in bulk for the order before may come late, so there is one order more of it. Timers never run early: in a time, at most once more than it has
 * intervals; twice, as something may wake what a timer does.
 */
function limitsOf(budget: string, orders: number, elapsedMs: number): Limits {
  const limits = { least: 0, most: 0 };
  for (const part of budget.split(' + ')) {
    const [, atMost, number, every, unit = ''] = /^(?:(≤ )?(\d+)|every (\d+) (ms|s|min))$/.exec(part) ?? [];
    if (number !== undefined) {
      limits.most += Number(number) * (atMost === undefined ? orders : orders + 1);
      if (atMost === undefined) limits.least += Number(number) * orders;
    } else if (every !== undefined) {
      limits.most += 2 * (Math.ceil(elapsedMs / (Number(every) * (UNITS_MS[unit] ?? 1))) + 1);
    } else throw new Error(`"${budget}" is no budget: write a number, "≤ 2", "every 2 s" or "4 + every 2 s"`);
  }
  return limits;
}
