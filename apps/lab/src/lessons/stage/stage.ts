import { setTimeout as delay } from 'node:timers/promises';

import { isTransientDatabaseError } from '@waybill/database';
import type { Database } from '@waybill/database';
import type { OpenBroker } from '@waybill/messaging';

import { LessonStuckError } from '../lesson.errors.js';
import type { LessonStep, Mark, Side } from '../step.js';
import { Books } from './books.js';
import { Wire } from './wire.js';
import type { WireListener } from './wire.js';

/** What the lessons run on: a database server and a broker. */
export interface Ground {
  readonly databaseUrl: string;
  /** Each lesson has a database of its own, whose name begins like this; created where it is missing. */
  readonly databasePrefix: string;
  readonly broker: OpenBroker;
}

/** Of a lesson: what its sagas and dead letters have left is no other lesson's business. */
export function lessonDatabase({ databasePrefix }: Ground, lesson: string): string {
  return `${databasePrefix}${lesson.replaceAll('-', '_')}`;
}

interface StageParts {
  readonly lesson: string;
  readonly run: string;
  readonly side: Side;
  readonly ground: Ground;
  readonly database: Database;
  readonly signal: AbortSignal;
  readonly onStep: (step: Omit<LessonStep, 'at'>) => void;
}

const LOOK_MS = 10;
/** Longest wait for one thing: on a loaded machine, with a broker that has just started. */
const PATIENCE_MS = 45_000;

/** Where one side of a lesson plays: its database, its topics, and the picture that it is seen in. */
export class Stage {
  readonly books: Books;

  constructor(private readonly parts: StageParts) {
    this.books = new Books(parts.run, parts.side);
  }

  get run(): string {
    return this.parts.run;
  }

  get side(): Side {
    return this.parts.side;
  }

  get lesson(): string {
    return this.parts.lesson;
  }

  get ground(): Ground {
    return this.parts.ground;
  }

  get database(): Database {
    return this.parts.database;
  }

  /** The topic of this side; with a name, one of several. Also the name of its consumer group. */
  topic(name?: string): string {
    const own = `lab.${this.parts.lesson}.${this.side}`;
    return name === undefined ? own : `${own}-${name}`;
  }

  /** Keys belong to the run, so that none meets what an earlier run has left. */
  key(name: string): string {
    return `${this.run}.${name}`;
  }

  wire(listener?: WireListener): Wire {
    return new Wire(this.run, this.ground.broker, listener);
  }

  /** Something happened to a message. */
  show(token: string, station: string, mark: Mark, text: string): void {
    this.parts.onStep({ side: this.side, token, station, mark, text });
  }

  /** Something happened to the service. */
  tell(station: string, mark: Mark, text: string): void {
    this.parts.onStep({ side: this.side, station, mark, text });
  }

  /** @throws LessonStuckError, or why the run was ended. */
  async until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
    const giveUpAt = performance.now() + PATIENCE_MS;
    while (!(await holds(condition))) {
      if (performance.now() > giveUpAt) throw new LessonStuckError(what, PATIENCE_MS);
      await this.pause(LOOK_MS);
    }
  }

  async pause(ms: number): Promise<void> {
    this.parts.signal.throwIfAborted();
    await delay(ms, undefined, { signal: this.parts.signal });
  }
}

/** What can't be seen now, because the database is busy or away, is looked at again. */
async function holds(condition: () => boolean | Promise<boolean>): Promise<boolean> {
  try {
    return await condition();
  } catch (error) {
    if (isTransientDatabaseError(error)) return false;
    throw error;
  }
}
