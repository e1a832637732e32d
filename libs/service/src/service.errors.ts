export class UnknownCommandError extends Error {
  readonly code = 'UNKNOWN_COMMAND';

  constructor(service: string, command: string) {
    super(`The ${service} service was started with "${command}"; it takes no argument, "migrate" or "describe".`);
    this.name = UnknownCommandError.name;
  }
}
