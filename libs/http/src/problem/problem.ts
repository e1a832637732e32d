/** One thing that is wrong with a request. */
export interface FieldFault {
  /** JSON pointer (RFC 6901) into the body, or `/name` of a parameter; empty: the whole. */
  readonly pointer: string;
  /** Stable, for programs: `REQUIRED`, `INVALID_TYPE`, … */
  readonly code: string;
  /** For people. Never repeats the value. */
  readonly message: string;
}

/** Problem details (RFC 9457): the body of every answer with a status of 400 or more. */
export interface Problem {
  /** `about:blank`: `code` tells problems apart, `title` is the status in words. */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  /** Stable, for programs: `VALIDATION_FAILED`, `ORDER_NOT_FOUND`, … */
  readonly code: string;
  readonly detail: string;
  readonly errors?: readonly FieldFault[];
}

export const PROBLEM_CONTENT_TYPE = 'application/problem+json; charset=utf-8';
