import { ConflictError, NotFoundError } from '@waybill/http';

/** A run waited for something that hasn't happened in time. */
export class LessonStuckError extends Error {
  readonly code = 'LESSON_STUCK';

  constructor(what: string, waitedMs: number) {
    super(`The lesson waited ${waitedMs / 1_000} s for ${what}, in vain. Are the broker and the database there?`);
  }
}

export class LessonNotFoundError extends NotFoundError<'LESSON_NOT_FOUND'> {
  constructor(name: string) {
    super('LESSON_NOT_FOUND', `There is no lesson ${JSON.stringify(name)}; GET /lab/lessons lists them.`);
  }
}

export class LessonRunNotFoundError extends NotFoundError<'LESSON_RUN_NOT_FOUND'> {
  constructor(id: string) {
    super('LESSON_RUN_NOT_FOUND', `There is no run ${JSON.stringify(id)}; the last ones are kept until the lab ends.`);
  }
}

export class LessonRunningError extends ConflictError<'LESSON_RUNNING'> {
  constructor(name: string) {
    super('LESSON_RUNNING', `The lesson ${name} is running; it ends by itself within a minute.`);
  }
}
