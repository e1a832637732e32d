import { CliError } from '../cli.errors.js';
import type { Cli } from '../cli.js';

/**
 * Somebody can say yes, or has said it by `--yes`: silence, as of a pipe, is none. Asked before anything is changed.
 * @throws CliError BAD_ARGUMENT
 */
export function assertConfirmable(cli: Cli, yes: boolean): void {
  if (!yes && !cli.terminal.interactive) {
    throw new CliError(
      'BAD_ARGUMENT',
      'This has to be confirmed, and there is nobody to ask: add --yes. Nothing was sent.',
    );
  }
}
