import { InvalidArgumentError, Option } from 'commander';

import { CliError } from '../cli.errors.js';

/** An option whose value is parsed by one of ours; its error is shown the way commander shows its own. */
export function option(flags: string, description: string, parse: (text: string, option: string) => unknown): Option {
  const name = /--[\w-]+/.exec(flags)?.[0] ?? flags;
  return new Option(flags, description).argParser((text: string) => {
    try {
      return parse(text, name);
    } catch (error) {
      if (error instanceof CliError) throw new InvalidArgumentError(error.message);
      throw error;
    }
  });
}

/** An option that may be given several times. */
export function repeatable(flags: string, description: string): Option {
  return new Option(flags, description).argParser((text: string, before: readonly string[] | undefined) => [
    ...(before ?? []),
    text,
  ]);
}
