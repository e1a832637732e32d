import { migrateService } from './migrate-service.js';
import type { Environment, ServiceConfig } from './service-config.js';
import type { ServiceApp } from './service-options.js';
import { UnknownCommandError } from './service.errors.js';
import { startService } from './start-service.js';

/** Of `process`: what it was started with. */
export interface Invocation {
  readonly argv: readonly string[];
  readonly env: Environment;
}

/**
 * The whole of an app's `main.ts`: without an argument starts the service, with `migrate` brings its database up to date.
 * @throws UnknownCommandError, ConfigError, or what a dependency refuses with.
 */
export async function runService<Config extends ServiceConfig>(
  app: ServiceApp<Config>,
  { argv, env }: Invocation,
): Promise<void> {
  const command = argv.slice(2).join(' ');
  if (command === '') await startService(app, env);
  else if (command === 'migrate') process.stdout.write(`${await migrateService(app, env)}\n`);
  else throw new UnknownCommandError(app.service.name, command);
}
