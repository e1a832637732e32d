import type { Command } from 'commander';

import { cliFrom, type GlobalOptions, type Surroundings } from '../cli-from-options.js';
import { type Cli, type Outcome, present } from '../cli.js';
import type { ExitCode } from '../exit-code.js';

/** A command's work. The argument is an empty text where the command has none; more follow where it takes several. */
export type Work<Options> = (
  cli: Cli,
  options: Options,
  argument: string,
  ...more: readonly string[]
) => Promise<Outcome>;

/** Makes work into commander's action: builds the Cli, presents the outcome, hands over the exit code. */
export type Run = <Options extends object>(work: Work<Options>) => (...args: unknown[]) => Promise<void>;

export function runWith(surroundings: Surroundings, ended: (code: ExitCode) => void): Run {
  return <Options extends object>(work: Work<Options>) =>
    async (...args: unknown[]) => {
      const [argument = '', ...more] = [args[0]].flat().filter((given) => typeof given === 'string');
      // Commander calls an action with the arguments, the options, and the command itself.
      const command = args.at(-1) as Command;
      const options = command.optsWithGlobals<Options & GlobalOptions>();
      const cli = cliFrom(options, surroundings);
      ended(present(cli, await work(cli, options, argument, ...more)));
    };
}
