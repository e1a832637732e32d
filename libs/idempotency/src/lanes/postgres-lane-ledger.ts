import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@waybill/database';
import type { Transaction } from '@waybill/database';
import { LOSSES } from '@waybill/messaging';
import type {
  LaneIssue,
  LaneIssueKind,
  LaneLedger,
  LaneMark,
  LaneOperator,
  LanePosition,
  OpenLaneIssue,
} from '@waybill/messaging';

import {
  ADOPT,
  FORGET_MARK,
  INSTALLATIONS,
  IS_OPEN,
  LAST_LOSS,
  OPEN_ISSUES,
  PASS_LOST,
  RAISE_MARKS,
  REPORT_ISSUE,
  RESTART_MARKS,
  SELECT_MARKS,
  SETTLE_ISSUE,
} from './statements.js';

interface LaneRow {
  readonly topic: string;
  readonly partition: number;
  readonly next_position: string;
}

interface IssueRow extends LaneRow {
  readonly kind: LaneIssueKind;
  readonly first_position: string;
  readonly reason: string;
  readonly owner: string | null;
}

/** {@link LaneLedger} in the service's own database. */
@Injectable()
export class PostgresLaneLedger implements LaneLedger<Transaction> {
  constructor(@Inject(Database) private readonly database: Database) {}

  async installations(group: string): Promise<readonly [string, ...string[]]> {
    const [own, ...adopted] = await this.database.query<{ readonly id: string }>(INSTALLATIONS, [group]);
    if (own === undefined) throw new TypeError('The table installation must hold the id of this database');
    return [own.id, ...adopted.map(({ id }) => id)];
  }

  async marks(group: string): Promise<readonly LaneMark[]> {
    const rows = await this.database.query<LaneRow & { readonly confirmed_position: string | null }>(SELECT_MARKS, [
      group,
    ]);
    return rows.map(({ topic, partition, next_position: next, confirmed_position: confirmed }) => ({
      topic,
      partition,
      next,
      confirmed: confirmed ?? undefined,
    }));
  }

  async mark(group: string, marks: readonly LaneMark[]): Promise<void> {
    await this.database.query(RAISE_MARKS, [
      group,
      marks.map(({ topic }) => topic),
      marks.map(({ partition }) => partition),
      marks.map(({ next }) => next),
      marks.map(({ confirmed }) => confirmed),
    ]);
  }

  async restart(group: string, marks: readonly LanePosition[]): Promise<void> {
    await this.database.query(RESTART_MARKS, [
      group,
      marks.map(({ topic }) => topic),
      marks.map(({ partition }) => partition),
      marks.map(({ next }) => next),
    ]);
  }

  async report(group: string, issue: LaneIssue): Promise<'open' | 'settled'> {
    const { topic, partition, kind, first, next, reason, owner } = issue;
    await this.database.query(REPORT_ISSUE, [group, topic, partition, kind, first, next, reason, owner]);
    const open = await this.database.query(IS_OPEN, [group, topic, partition, kind, next]);
    return open.length > 0 ? 'open' : 'settled';
  }

  async open(group: string): Promise<readonly OpenLaneIssue[]> {
    const rows = await this.database.query<IssueRow & { readonly id: string; readonly found_at: Date }>(OPEN_ISSUES, [
      group,
    ]);
    return rows.map((row) => ({ id: row.id, foundAt: row.found_at, ...issueOf(row) }));
  }

  async lastLossAtMs(group: string, topics: readonly string[]): Promise<number | undefined> {
    const [row] = await this.database.query<{ readonly at_ms: number | null }>(LAST_LOSS, [group, topics, [...LOSSES]]);
    return row?.at_ms ?? undefined;
  }

  async settle(tx: Transaction, group: string, id: string, { who, why }: LaneOperator): Promise<LaneIssue | undefined> {
    const [row] = await tx.query<IssueRow>(SETTLE_ISSUE, [group, id, who, why]);
    if (row === undefined) return undefined;
    const issue = issueOf(row);
    const { topic, partition, kind, next, owner } = issue;
    if (owner !== undefined) await tx.query(ADOPT, [group, owner, who, why]);
    if (kind === 'lost' || kind === 'skipped') await tx.query(PASS_LOST, [group, topic, partition, next]);
    if (kind === 'rewound') await tx.query(FORGET_MARK, [group, topic, partition]);
    return issue;
  }
}

function issueOf({ topic, partition, kind, first_position, next_position, reason, owner }: IssueRow): LaneIssue {
  const place = { topic, partition, kind, first: first_position, next: next_position, reason };
  return owner === null ? place : { ...place, owner };
}
