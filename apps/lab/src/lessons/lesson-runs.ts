import { randomBytes } from 'node:crypto';

import { Inject, Injectable, Logger } from '@nestjs/common';
import type { BeforeApplicationShutdown } from '@nestjs/common';
import { createDataSource, Database, databaseUrl, ensureDatabase, migrate } from '@waybill/database';

import { LessonNotFoundError, LessonRunningError, LessonRunNotFoundError } from './lesson.errors.js';
import type { Lesson, LessonDescription, LessonResult } from './lesson.js';
import { LESSONS } from './lessons.js';
import { emptyBooks } from './stage/books.js';
import { lessonMigrations } from './stage/lesson-migrations.js';
import { lessonDatabase, Stage } from './stage/stage.js';
import type { Ground } from './stage/stage.js';
import type { LessonStep, Side } from './step.js';

export const GROUND = Symbol('lab:lesson-ground');

export interface LessonRun {
  readonly id: string;
  readonly lesson: string;
  /** Whether the naive version ran, too. */
  readonly naive: boolean;
  readonly state: 'running' | 'done' | 'failed';
  /** In the order in which they happened. */
  readonly steps: readonly LessonStep[];
  readonly result?: LessonResult;
  /** Why it failed. */
  readonly fault?: string;
}

export interface KnownLesson extends LessonDescription {
  /** As long as it is kept; absent where nobody has run it. */
  readonly latestRun?: LessonRun;
}

interface OpenRun {
  readonly abort: AbortController;
  readonly ended: Promise<void>;
}

/** Runs that are kept for those who look at them. */
const KEPT = 20;

/**
 * Runs lessons, each at most once at a time. Nothing of a lesson exists while none runs: a run opens its databases and connections,
 * and closes them.
 */
@Injectable()
export class LessonRuns implements BeforeApplicationShutdown {
  readonly #logger = new Logger(LessonRuns.name);
  readonly #runs = new Map<string, LessonRun>();
  readonly #open = new Map<string, OpenRun>();

  constructor(@Inject(GROUND) private readonly ground: Ground) {}

  /** Each with its newest run, so that a page that is opened later shows what is under way and what came of it. */
  lessons(): readonly KnownLesson[] {
    const latest = new Map([...this.#runs.values()].map((run) => [run.lesson, run]));
    // `run` isn't JSON
    return LESSONS.map((lesson) => {
      const latestRun = latest.get(lesson.name);
      return latestRun === undefined ? lesson : { ...lesson, latestRun };
    });
  }

  /** @throws LessonRunNotFoundError */
  find(id: string): LessonRun {
    const run = this.#runs.get(id);
    if (run === undefined) throw new LessonRunNotFoundError(id);
    return run;
  }

  /** @throws LessonNotFoundError, LessonRunningError */
  start(name: string, { naive }: { readonly naive: boolean }): LessonRun {
    const lesson = LESSONS.find((each) => each.name === name);
    if (lesson === undefined) throw new LessonNotFoundError(name);
    if (this.#open.has(name)) throw new LessonRunningError(name);
    const id = `${name}-${randomBytes(6).toString('hex')}`;
    const run: LessonRun = { id, lesson: name, naive, state: 'running', steps: [] };
    this.#keep(run);
    const abort = new AbortController();
    this.#open.set(name, { abort, ended: this.#run(lesson, run, abort) });
    return run;
  }

  async beforeApplicationShutdown(): Promise<void> {
    const open = [...this.#open.values()];
    for (const { abort } of open) abort.abort(new Error('The lab is ending'));
    await Promise.all(open.map(({ ended }) => ended));
  }

  async #run(lesson: Lesson, run: LessonRun, abort: AbortController): Promise<void> {
    const startedAt = performance.now();
    const steps: LessonStep[] = [];
    const onStep = (step: Omit<LessonStep, 'at'>): void => {
      steps.push({ at: Math.round(performance.now() - startedAt), ...step });
      this.#keep({ ...run, steps });
    };
    try {
      const result = await this.#play(lesson, run, { abort, onStep });
      this.#keep({ ...run, steps, state: 'done', result });
    } catch (error) {
      this.#logger.error({ message: 'A lesson failed', lesson: run.lesson, run: run.id, err: error });
      this.#keep({ ...run, steps, state: 'failed', fault: error instanceof Error ? error.message : String(error) });
    } finally {
      this.#open.delete(lesson.name);
    }
  }

  async #play(
    lesson: Lesson,
    { id, naive }: LessonRun,
    { abort, onStep }: { readonly abort: AbortController; readonly onStep: (step: Omit<LessonStep, 'at'>) => void },
  ): Promise<LessonResult> {
    const database = await openDatabase(this.ground, lesson.name);
    try {
      await emptyBooks(database);
      const common = { lesson: lesson.name, run: id, ground: this.ground, database, signal: abort.signal, onStep };
      const stage = (side: Side): Stage => new Stage({ ...common, side });
      return await lesson.run({
        waybill: stage('waybill'),
        naive: naive ? stage('naive') : undefined,
        abort: () => abort.abort(new Error('The other side has failed')),
      });
    } finally {
      await database.onApplicationShutdown();
    }
  }

  #keep(run: LessonRun): void {
    this.#runs.set(run.id, run);
    for (const id of this.#runs.keys()) {
      if (this.#runs.size <= KEPT) return;
      this.#runs.delete(id);
    }
  }
}

async function openDatabase(ground: Ground, lesson: string): Promise<Database> {
  const name = lessonDatabase(ground, lesson);
  const url = databaseUrl(ground.databaseUrl, name);
  await ensureDatabase(ground.databaseUrl, name);
  const source = createDataSource({ url, migrations: lessonMigrations, poolSize: 4 });
  await source.initialize();
  const database = new Database(source);
  try {
    await migrate(source, url);
    return database;
  } catch (error) {
    await database.onApplicationShutdown();
    throw error;
  }
}
