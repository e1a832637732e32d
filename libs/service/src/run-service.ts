import { ConfigError } from '@waybill/observability';

import { describeService } from './describe-service.js';
import { migrateService } from './migrate-service.js';
import type { Environment, ServiceConfig } from './service-config.js';
import type { ServiceApp } from './service-options.js';
import { UnknownCommandError } from './service.errors.js';
import { startService } from './start-service.js';

/** EX_CONFIG of sysexits.h: starting again won't help, and a supervisor need not try. */
const CONFIGURATION_REFUSED = 78;

/** Of `process`: what it was started with. */
export interface Invocation {
  readonly argv: readonly string[];
  readonly env: Environment;
}

/**
 * The whole of an app's `main.ts`: without an argument starts the service, with `migrate` brings its database up to date,
 * with `describe` prints its OpenAPI and AsyncAPI documents. A
 * configuration that can't be used ends the process with 78 and one message, without a stack.
 * @throws UnknownCommandError, or what a dependency refuses with.
 */
export async function runService<Config extends ServiceConfig>(
  app: ServiceApp<Config>,
  { argv, env }: Invocation,
): Promise<void> {
  try {
    await run(app, argv.slice(2).join(' '), env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${app.service.name}: ${error.message}\n`);
    process.exit(CONFIGURATION_REFUSED);
  }
}

async function run<Config extends ServiceConfig>(
  app: ServiceApp<Config>,
  command: string,
  env: Environment,
): Promise<void> {
  if (command === '') await startService(app, env);
  else if (command === 'describe') process.stdout.write(await describeService(app));
  else if (command === 'migrate') process.stdout.write(`${await migrateService(app, env)}\n`);
  else throw new UnknownCommandError(app.service.name, command);
}
