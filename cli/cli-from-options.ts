import { readFileSync } from 'node:fs';

import { AdminClient } from './api/admin-client.js';
import { serviceAddress, serviceAddresses } from './api/services.js';
import { CliError } from './cli.errors.js';
import type { Cli } from './cli.js';
import { userInvocation } from './invocation.js';
import type { Terminal } from './output/terminal.js';

/** The options that every command has. */
export interface GlobalOptions {
  readonly service?: readonly string[];
  readonly url?: readonly string[];
  readonly token?: string;
  /** Milliseconds. */
  readonly timeout: number;
  readonly json?: boolean;
}

export interface Surroundings {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly terminal: Terminal;
}

/** @throws CliError BAD_ARGUMENT or BAD_SETTING */
export function cliFrom(options: GlobalOptions, { argv, env, terminal }: Surroundings): Cli {
  const client = { token: adminToken(options, env), timeoutMs: options.timeout };
  const where = { urls: options.url ?? [], env };
  const addresses = serviceAddresses({ services: options.service ?? [], ...where });
  const clients = addresses.map((address) => new AdminClient(address, client));
  const order = clients.find(({ service }) => service === 'order');
  return {
    clients,
    orderService: () => order ?? new AdminClient(serviceAddress('order', where), client),
    terminal,
    json: options.json === true,
    env,
    argv,
    invocation: userInvocation(env),
    now: () => Date.now(),
  };
}

/** What the user gives; else what a service would take from the same environment, so that the CLI works as it is in a service's container. */
function adminToken({ token }: GlobalOptions, env: Surroundings['env']): string | undefined {
  const file = env['ADMIN_TOKEN_FILE'];
  const given = token ?? (env['WAYBILL_ADMIN_TOKEN'] || env['ADMIN_TOKEN']);
  return given || (file ? tokenIn(file) : undefined);
}

function tokenIn(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new CliError('BAD_SETTING', `ADMIN_TOKEN_FILE ${file} can't be read: ${why}`, { cause });
  }
}
