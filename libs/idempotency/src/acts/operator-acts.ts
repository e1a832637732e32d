import { Injectable } from '@nestjs/common';
import { Database } from '@waybill/database';

import type { OperatorAct } from './operator-act.js';
import { listActs } from './sql/statements.js';
import type { ActRow } from './sql/statements.js';

export interface ActFilter {
  /** One act, or all that are done to something: `dead-letters`. */
  readonly act?: string | undefined;
  readonly who?: string | undefined;
  /** An order, or what it was done to. */
  readonly about?: string | undefined;
  readonly since?: Date | undefined;
}

/** What operators did. */
@Injectable()
export class OperatorActs {
  constructor(private readonly database: Database) {}

  /** Newest first. @param before only those before this one */
  async list({ act, who, about, since }: ActFilter, limit: number, before?: string): Promise<readonly OperatorAct[]> {
    const values = [before ?? null, act ?? null, who ?? null, about ?? null, since ?? null, limit];
    const rows = await this.database.operators.query<ActRow>(listActs, values);
    return rows.map(({ at, ...row }) => ({ ...row, at: at.toISOString() }));
  }
}
