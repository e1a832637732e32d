import { types } from 'node:util';

import type { ClientBase } from 'pg';
import type { DataSource } from 'typeorm';

/** What connections to our databases were refused, or lost, with. The same codes and words in any other error are somebody else's. */
const own = new WeakSet<object>();
const watched = new WeakSet<object>();

/** The two things of a TypeORM driver that lead to a connection. */
interface ConnectionSource {
  obtainMasterConnection: () => Promise<readonly [ClientBase, unknown]>;
  obtainSlaveConnection: () => Promise<readonly [ClientBase, unknown]>;
}

export function isOwnError(error: object): boolean {
  return own.has(error);
}

/** @returns the error. */
export function markOwnError<Thrown>(error: Thrown): Thrown {
  if (types.isNativeError(error)) own.add(error);
  return error;
}

/** From here on the errors of its connections count as the database's, whoever made it: those of the pool and of every statement. */
export function watchDataSource({ driver }: DataSource): void {
  if (watched.has(driver) || !leadsToConnections(driver)) return;
  watched.add(driver);
  for (const obtain of ['obtainMasterConnection', 'obtainSlaveConnection'] as const) {
    const original = driver[obtain].bind(driver);
    driver[obtain] = async () => {
      const obtained = await original().catch(refuse);
      watchClient(obtained[0]);
      return obtained;
    };
  }
}

/** The same for the statements of one connection. pg tells of their errors by a promise or, where one is given, by a callback. */
export function watchClient(client: ClientBase): void {
  if (watched.has(client)) return;
  watched.add(client);
  const query = client.query.bind(client) as (...args: unknown[]) => unknown;
  const watchedQuery = (...args: unknown[]): unknown => {
    const result = query(...args.map((arg) => (typeof arg === 'function' ? marking(arg as Callback) : arg)));
    return types.isPromise(result) ? result.catch(refuse) : result;
  };
  Object.assign(client, { query: watchedQuery });
}

function refuse(error: unknown): never {
  throw markOwnError(error);
}

type Callback = (error: unknown, result: unknown) => void;

function marking(done: Callback): Callback {
  return (error, result) => {
    markOwnError(error);
    done(error, result);
  };
}

function leadsToConnections(driver: object): driver is ConnectionSource {
  return 'obtainMasterConnection' in driver && 'obtainSlaveConnection' in driver;
}
