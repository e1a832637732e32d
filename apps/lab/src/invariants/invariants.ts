import { setTimeout as delay } from 'node:timers/promises';

import { Injectable } from '@nestjs/common';
import { isUuid } from '@waybill/http';

import { endingOf } from './facts.js';
import type { OrderFacts } from './facts.js';
import { MOST_NAMED } from './finding.js';
import type { Finding, Findings, InvariantName } from './finding.js';
import { INVARIANTS } from './invariant.js';
import type { Invariant } from './invariant.js';
import { MOST_AGAIN, MOST_LISTED, OrderWatch } from './order-watch.js';
import { orAway, readFacts } from './read-facts.js';
import type { Facts } from './read-facts.js';
import { DatabaseAwayError, ServiceDatabases } from './service-databases.js';
import type { DatabaseName } from './service-databases.js';
import { LIST_ORDERS } from './sql.js';
import { StockSums } from './stock-sums.js';
import { Strays } from './strays.js';

export interface InvariantReport {
  readonly name: InvariantName;
  readonly title: string;
  readonly says: string;
  /** `unknown`: something that is needed couldn't be read; neither good nor bad. */
  readonly state: 'holds' | 'broken' | 'unknown';
  /** Why it is unknown. */
  readonly reason: string | null;
  /** Orders that were compared since the lab was started. */
  readonly checked: number;
  /** How many findings there are. */
  readonly faults: number;
  /** The first of them. */
  readonly broken: readonly Finding[];
}

export interface InvariantsReport {
  /** ISO 8601. */
  readonly at: string;
  /** Orders are left that have never been looked at. */
  readonly isBehind: boolean;
  readonly invariants: readonly InvariantReport[];
}

/** What looks wrong is looked at once more after this time: it was read at several moments. */
const AGAIN_AFTER_MS = 500;
/** An answer serves all who ask within this time. */
const FRESH_MS = 1_000;
/** Findings that are remembered, of each invariant, and looked at again in each look. */
const MOST_TOLD = 500;

type Judged = ReadonlyMap<InvariantName, Findings>;
type Away = ReadonlyMap<DatabaseName, string>;

/** What one reading says, and which databases it couldn't read. */
interface Reading {
  readonly orders: ReadonlyMap<string, OrderFacts>;
  readonly found: Judged;
  readonly away: Away;
}

/**
 * Looks whether the invariants hold, when asked and only then: while nobody looks, nothing is read. What is wrong is told once it was
 * seen twice, and until it is right again.
 */
@Injectable()
export class Invariants {
  readonly #watch = new OrderWatch();
  readonly #strays: Strays;
  readonly #stock: StockSums;
  readonly #checked = new Map<InvariantName, number>();
  readonly #told = new Map<InvariantName, Findings>();
  #last: { readonly atMs: number; readonly report: Promise<InvariantsReport> } | undefined;

  constructor(private readonly databases: ServiceDatabases) {
    this.#strays = new Strays(databases);
    this.#stock = new StockSums(databases);
  }

  /** However many ask at once, one of them reads. */
  report(): Promise<InvariantsReport> {
    if (this.#last === undefined || performance.now() - this.#last.atMs > FRESH_MS) {
      const report = this.#look();
      this.#last = { atMs: Infinity, report }; // all who ask meanwhile wait for it
      const ended = (): void => void (this.#last = { atMs: performance.now(), report });
      report.then(ended, ended);
    }
    return this.#last.report;
  }

  async #look(): Promise<InvariantsReport> {
    const at = new Date().toISOString();
    const away = await this.#learn();
    return {
      at,
      isBehind: this.#watch.isBehind,
      invariants: INVARIANTS.map((invariant) => this.#reportOf(invariant, away)),
    };
  }

  /** @returns the databases that couldn't be read. */
  async #learn(): Promise<Away> {
    try {
      const first = await this.#read(await this.#next(), 'rest');
      const suspects = INVARIANTS.flatMap(({ name }) => this.#newIn(first, name));
      const second = suspects.length === 0 ? undefined : await this.#readAgain(suspects);
      const away = new Map([...first.away, ...(second?.away ?? [])]);
      this.#count(first, away);
      for (const { name, needs } of INVARIANTS) {
        if (needs.some((database) => away.has(database))) continue;
        const fresh = new Set(this.#newIn(first, name));
        const known = [...(first.found.get(name) ?? [])].filter(([subject]) => !fresh.has(subject));
        const confirmed = [...(second?.found.get(name) ?? [])].filter(([subject]) => fresh.has(subject));
        this.#told.set(name, new Map([...known, ...confirmed].slice(0, MOST_TOLD)));
      }
      return away;
    } catch (error) {
      if (error instanceof DatabaseAwayError) return new Map([[error.database, error.message]]);
      throw error;
    }
  }

  async #next(): Promise<readonly string[]> {
    const list = async (after: string, most: number): Promise<readonly string[]> =>
      (await this.databases.read<{ id: string }>('order', LIST_ORDERS, [after, most])).map(({ id }) => id);
    const [listed, again] = await Promise.all([
      list(this.#watch.upTo, MOST_LISTED),
      list(this.#watch.again, MOST_AGAIN),
    ]);
    const told = INVARIANTS.flatMap(({ name }) => [...(this.#told.get(name)?.values() ?? [])]);
    const suspected = told.flatMap(({ orderId }) => (orderId === null || !isUuid(orderId) ? [] : [orderId]));
    return [...new Set([...this.#watch.next(listed, again, Date.now()), ...suspected])];
  }

  async #readAgain(suspects: readonly string[]): Promise<Reading> {
    await delay(AGAIN_AFTER_MS);
    return this.#read(suspects.filter(isUuid), 'none');
  }

  async #read(ids: readonly string[], pause: 'rest' | 'none'): Promise<Reading> {
    const away = new Map<DatabaseName, string>();
    const [stock = []] = await Promise.all([
      orAway(this.#stock.look(performance.now(), pause), away),
      ...this.#strays.looks.map((look) => orAway(look(), away)),
    ]);
    const facts = await readFacts(this.databases, {
      ids: [...new Set([...ids, ...this.#strays.orders()])],
      withMessages: (id) =>
        pause === 'none' || this.#watch.isOpen(id) || this.#told.get('key-order-kept')?.has(id) === true,
      strays: this.#strays,
    });
    for (const [database, reason] of facts.away) away.set(database, reason);
    const found = new Map(
      INVARIANTS.map((invariant) => {
        if (invariant.needs.some((database) => away.has(database))) return [invariant.name, new Map()] as const;
        const more =
          invariant.name === 'nothing-oversold' ? stock : this.#strays.findings(invariant.name, facts.orders);
        return [invariant.name, findings(invariant, facts, more)] as const;
      }),
    );
    return { orders: facts.orders, found, away };
  }

  /** Subjects that haven't been told of. */
  #newIn({ found }: Reading, name: InvariantName): readonly string[] {
    return [...(found.get(name)?.keys() ?? [])].filter((subject) => this.#told.get(name)?.has(subject) !== true);
  }

  #count({ orders }: Reading, away: Away): void {
    const judging = INVARIANTS.map(({ needs }) => !needs.some((database) => away.has(database)));
    for (const order of orders.values()) {
      const isOpen = endingOf(order) === 'open';
      const judged = INVARIANTS.map(
        ({ counts }, index) => judging[index] === true && (counts === 'at once' || !isOpen),
      );
      for (const [index, isFirst] of this.#watch.judged(order.id, judged, isOpen).entries()) {
        const name = INVARIANTS[index]?.name;
        if (isFirst && name !== undefined) this.#checked.set(name, (this.#checked.get(name) ?? 0) + 1);
      }
    }
  }

  #reportOf({ name, title, says, needs }: Invariant, away: Away): InvariantReport {
    const missing = needs.find((database) => away.has(database));
    const told = missing === undefined ? [...(this.#told.get(name)?.values() ?? [])] : [];
    return {
      name,
      title,
      says,
      state: missing !== undefined ? 'unknown' : told.length > 0 ? 'broken' : 'holds',
      reason: missing === undefined ? null : (away.get(missing) ?? null),
      checked: this.#checked.get(name) ?? 0,
      faults: told.length,
      broken: told.slice(0, MOST_NAMED),
    };
  }
}

function findings(invariant: Invariant, facts: Facts, more: readonly Finding[]): Findings {
  const found = new Map<string, Finding>();
  for (const order of facts.orders.values()) {
    const says = invariant.judge(order, facts);
    if (says !== undefined) found.set(order.id, { orderId: order.id, subject: order.id, says });
  }
  for (const finding of more) if (!found.has(finding.subject)) found.set(finding.subject, finding);
  return found;
}
