import { userInfo } from 'node:os';

import type { Operator } from '../api/letter-filter.js';
import { CliError } from '../cli.errors.js';

export interface OperatorOptions {
  readonly who?: string;
  readonly why?: string;
}

const LONGEST = 200;

/**
 * Who changes something and why; who is the user of this machine unless told otherwise.
 * @throws CliError BAD_ARGUMENT
 */
export function operatorFrom(options: OperatorOptions, env: Readonly<Record<string, string | undefined>>): Operator {
  const who = checked('--who', (options.who ?? env['USER'] ?? env['USERNAME'] ?? localUser()).trim());
  if (options.why === undefined) {
    throw new CliError(
      'BAD_ARGUMENT',
      'Say why, for the audit: --why "gateway is back, INC-1234". Every command that changes something needs it.',
    );
  }
  return { who, why: checked('--why', options.why.trim()) };
}

function checked(option: string, text: string): string {
  if (text.length >= 1 && text.length <= LONGEST) return text;
  throw new CliError('BAD_ARGUMENT', `${option} must have 1 to ${LONGEST} characters, got ${text.length}.`);
}

function localUser(): string {
  try {
    return userInfo().username;
  } catch {
    return ''; // a container's user without a name
  }
}
