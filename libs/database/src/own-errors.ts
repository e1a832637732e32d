import { types } from 'node:util';

import type { ClientBase } from 'pg';
import type { DataSource } from 'typeorm';

/** What connections to our databases were refused, or lost, with. The same codes and words in any other error are somebody else's. */
const own = new WeakSet<object>();
const watched = new WeakSet<object>();
const statements = new WeakMap<ClientBase, Statements>();

/** What is known of the statements of one connection. */
export interface Statements {
  /** Sent, or waiting to be, and without an answer. */
  pending: number;
  /** What the last one that failed by itself has failed with, rather than because one before it had. */
  failure: unknown;
  /** What the connection was lost with. */
  lost: Error | undefined;
}

export const FAILED_TRANSACTION = '25P02';

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

/** Of a connection that is watched. Who begins something there takes the failure out. */
export function statementsOf(client: ClientBase): Statements {
  watchClient(client);
  return statements.get(client) ?? { pending: 0, failure: undefined, lost: undefined };
}

/** The same for the statements of one connection. pg tells of their errors by a promise or, where one is given, by a callback. */
export function watchClient(client: ClientBase): void {
  if (watched.has(client)) return;
  watched.add(client);
  const known: Statements = { pending: 0, failure: undefined, lost: undefined };
  statements.set(client, known);
  client.on('error', (error) => (known.lost = error));
  const failed = (error: unknown): void => {
    if (!types.isNativeError(error)) return;
    own.add(error);
    if (!('code' in error && error.code === FAILED_TRANSACTION)) known.failure = error;
  };
  const query = client.query.bind(client) as (...args: unknown[]) => unknown;
  const watchedQuery = (...args: unknown[]): unknown => {
    let callsBack = false;
    const telling = (done: Callback): Callback => {
      callsBack = true;
      known.pending += 1;
      return (error, result) => {
        known.pending -= 1;
        failed(error);
        done(error, result);
      };
    };
    const result = query(...args.map((arg) => (typeof arg === 'function' ? telling(arg as Callback) : arg)));
    if (callsBack || !types.isPromise(result)) return result;
    known.pending += 1;
    return result.then(
      (rows) => {
        known.pending -= 1;
        return rows;
      },
      (error: unknown) => {
        known.pending -= 1;
        failed(error);
        throw error;
      },
    );
  };
  Object.assign(client, { query: watchedQuery });
}

type Callback = (error: unknown, result: unknown) => void;

function refuse(error: unknown): never {
  throw markOwnError(error);
}

/** Not so what a unit test has made up. */
function leadsToConnections(driver: unknown): driver is ConnectionSource {
  return (
    typeof driver === 'object' &&
    driver !== null &&
    'obtainMasterConnection' in driver &&
    'obtainSlaveConnection' in driver
  );
}
