import { ExitCode } from './exit-code.js';

export type CliErrorCode =
  | 'AMBIGUOUS_ID'
  | 'AMBIGUOUS_LETTER'
  | 'BAD_ARGUMENT'
  | 'BAD_SETTING'
  | 'LETTER_NOT_FOUND'
  | 'MESSAGE_NOT_FOUND'
  | 'NOT_CONFIRMED'
  | 'ORDER_NOT_FOUND'
  | 'REFUSED'
  | 'RUN_NOT_FOUND'
  | 'UNAUTHORIZED'
  | 'UNEXPECTED_ANSWER'
  | 'UNREACHABLE';

const USAGE: ReadonlySet<CliErrorCode> = new Set(['AMBIGUOUS_ID', 'AMBIGUOUS_LETTER', 'BAD_ARGUMENT', 'BAD_SETTING']);

/** What the user can put right; printed without a stack. */
export class CliError extends Error {
  override readonly name = 'CliError';

  constructor(
    readonly code: CliErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }

  get exitCode(): ExitCode {
    if (this.code === 'UNREACHABLE') return ExitCode.unreachable;
    return USAGE.has(this.code) ? ExitCode.usage : ExitCode.failed;
  }
}

/** A service answered with problem details (RFC 9457). */
export class ProblemAnswerError extends CliError {
  constructor(
    readonly service: string,
    readonly status: number,
    /** The problem's own code, such as `DEAD_LETTER_NOT_FOUND`; empty where there is none. */
    readonly problemCode: string,
    detail: string,
  ) {
    super(codeOf(status), `${service}: ${detail}`);
  }
}

function codeOf(status: number): CliErrorCode {
  if (status === 401 || status === 403) return 'UNAUTHORIZED';
  return status === 502 || status === 503 || status === 504 ? 'UNREACHABLE' : 'REFUSED';
}
