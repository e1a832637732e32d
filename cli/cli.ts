import type { AdminClient } from './api/admin-client.js';
import { exitCodeOf, type ServiceFailure } from './api/ask-services.js';
import { type ExitCode, worst } from './exit-code.js';
import { composed, printable } from './output/printable.js';
import type { Terminal } from './output/terminal.js';

/** What every command works with. */
export interface Cli {
  /** The services that were chosen. */
  readonly clients: readonly AdminClient[];
  /** Chosen or not: it tells which order is meant where an id is given in part. */
  orderService(): AdminClient;
  readonly terminal: Terminal;
  readonly json: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The arguments as they were given. */
  readonly argv: readonly string[];
  /** How the user calls the CLI, for advice: `waybill` or `npm run waybill --`. */
  readonly invocation: string;
  now(): number;
}

/** What a command has to say: the document with `--json`, else the text. */
export interface Outcome {
  readonly document: object;
  readonly text: string;
  readonly failures: readonly ServiceFailure[];
  readonly exitCode: ExitCode;
  /** All was printed as it came, so nothing is at the end. */
  readonly isSaid?: true;
}

export function outcome(
  document: object,
  text: string,
  failures: readonly ServiceFailure[] = [],
  exitCode: ExitCode = 0,
): Outcome {
  return { document, text, failures, exitCode: worst([exitCode, exitCodeOf(failures)]) };
}

/** What to say where a list is empty; a service that failed may have some. */
export function noneOf(match: string, failures: readonly ServiceFailure[]): string {
  return failures.length === 0 ? `No ${match}.` : `No ${match} in the services that answered.`;
}

/** One JSON document on stdout and nothing else, or text; what went wrong is on stderr either way. */
export function present({ terminal, json }: Pick<Cli, 'json' | 'terminal'>, said: Outcome): ExitCode {
  for (const { message } of said.failures) terminal.note(printable(`waybill: ${message}`));
  if (said.isSaid) return said.exitCode;
  if (json) {
    const failures = said.failures.map(({ service, code, message }) => ({ service, code, message }));
    terminal.print(JSON.stringify({ ...said.document, failures }, undefined, 2));
  } else if (said.text !== '') {
    terminal.print(composed(said.text));
  }
  return said.exitCode;
}
