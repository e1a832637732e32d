/** One setting that can't be used. */
export interface ConfigFault {
  /** Name of the environment variable or option. */
  readonly setting: string;
  /** What is wrong with it, with its value unless that is a secret. */
  readonly problem: string;
  /** A value that would do. */
  readonly expected: string;
}

/** The configuration can't be used. Lists every fault, so that one look is enough to mend all. */
export class ConfigError extends Error {
  readonly code = 'CONFIG_INVALID';
  override readonly name = 'ConfigError';

  constructor(readonly faults: readonly ConfigFault[]) {
    const lines = faults.map(({ setting, problem, expected }) => `  ${setting} ${problem}; expected ${expected}`);
    super(`The configuration can't be used:\n${lines.join('\n')}`);
  }
}
