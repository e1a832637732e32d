import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@waybill/database';

import { keyText } from './letter-views.js';
import type { ReplayRun } from './replays.js';
import { listReplayed, listRuns } from './sql/replay-runs.js';
import type { ReplayOutcome } from './sql/replay-runs.js';
import { DEAD_LETTER_OPTIONS } from './tokens.js';
import type { DeadLetterOptions } from './tokens.js';

/** A run as a list shows it: letters of each outcome are counted up to 10,000. */
export interface ReplayRunSummary extends ReplayRun {
  /** What it was asked for, as JSON; `null` for a run of an older version, which didn't keep it. */
  readonly filter: Readonly<Record<string, unknown>> | null;
}

/** A letter that a run has tried. Times are ISO 8601. */
export interface ReplayedLetter {
  readonly id: string;
  readonly outcome: ReplayOutcome;
  /** `null`: it is pending. */
  readonly endedAt: string | null;
  readonly key: string | null;
  /** Of one that has failed, or is pending after a failed attempt, the beginning of its last error. */
  readonly error: string | null;
}

interface RunRow {
  readonly id: string;
  readonly who: string;
  readonly why: string;
  readonly started_at: Date;
  readonly filter: Readonly<Record<string, unknown>> | null;
  readonly replayed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly pending: number;
}

interface ReplayedRow {
  readonly seq: string;
  readonly outcome: ReplayOutcome;
  readonly ended_at: Date | null;
  readonly key: Buffer | null;
  readonly last_error: string | null;
}

export interface ReplayedOptions {
  /** Only letters after this one. */
  readonly after?: string;
  readonly outcome?: ReplayOutcome;
  readonly limit: number;
}

/** What an operator sees of replays, under way and past: for as long as one of their letters is kept. */
@Injectable()
export class ReplayRuns {
  constructor(
    private readonly database: Database,
    @Inject(DEAD_LETTER_OPTIONS) private readonly options: DeadLetterOptions,
  ) {}

  /** Newest first. */
  async list(limit: number): Promise<readonly ReplayRunSummary[]> {
    const rows = await this.database.operators.query<RunRow>(listRuns, [this.options.group, limit]);
    return rows.map(({ id: run, started_at: startedAt, ...row }) => ({
      run,
      startedAt: startedAt.toISOString(),
      ...row,
    }));
  }

  /** What became of each letter of a run, by id; none of a run that isn't known. */
  async letters(run: string, { after, outcome, limit }: ReplayedOptions): Promise<readonly ReplayedLetter[]> {
    const values = [run, this.options.group, after ?? '0', limit, outcome ?? null];
    const rows = await this.database.operators.query<ReplayedRow>(listReplayed, values);
    return rows.map(({ seq: id, outcome: end, ended_at: endedAt, key, last_error: error }) => ({
      id,
      outcome: end,
      endedAt: endedAt?.toISOString() ?? null,
      key: keyText(key).key,
      error,
    }));
  }
}
