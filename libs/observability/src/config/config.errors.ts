/** The configuration can't be used. Lists every fault, so that one look is enough to fix them all. */
export class ConfigError extends Error {
  readonly code = 'CONFIG_INVALID';
  override readonly name = 'ConfigError';

  /** @param faults a sentence each: `ORDER_PORT must be a whole number from 0 to 65535, got "http"` */
  constructor(readonly faults: readonly string[]) {
    super(`The configuration can't be used:\n${faults.map((fault) => `  ${fault}`).join('\n')}`);
  }
}

/** @throws ConfigError if there are faults. */
export function assertNoFaults(faults: readonly string[]): void {
  if (faults.length > 0) throw new ConfigError(faults);
}
