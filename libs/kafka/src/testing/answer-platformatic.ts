import { Base, ConnectionPool, kGetApi, NetworkError } from '@platformatic/kafka';

interface Address {
  readonly port: number;
}
type Callback = (error: Error | null, result?: unknown) => void;
type Answer = (port: number, ...request: readonly unknown[]) => unknown;

/**
 * Lets functions answer what @platformatic/kafka asks brokers, by the requests' names. A broker is told by its port.
 * Until Jest restores its mocks.
 */
export function answerPlatformatic(answers: Readonly<Record<string, Answer>>, isGone: (port: number) => boolean): void {
  const connect = (address: Address, callback?: Callback): Promise<object> | undefined => {
    const error = isGone(address.port) ? new NetworkError('connect ECONNREFUSED') : null;
    const connection = { ...address, send: sendTo(address) };
    if (callback === undefined) return error ? Promise.reject(error) : Promise.resolve(connection);
    callback(error, connection);
    return undefined;
  };
  /** Of requests that the client didn't make. */
  const sendTo =
    (address: Address) =>
    (apiKey: number, ...rest: readonly unknown[]): void =>
      request(`key ${apiKey}`)(address, ...rest);
  const request =
    (name: string) =>
    ({ port }: Address, ...rest: readonly unknown[]): void => {
      const callback = rest.at(-1) as Callback; // as all of the client's requests have it
      void callBack(async () => answers[name]?.(port, ...rest.slice(0, -1)), callback);
    };
  replace(ConnectionPool.prototype, 'get', connect);
  replace(Base.prototype, kGetApi, (name: string, callback: Callback) =>
    callback(null, Object.assign(request(name), { version: 17 })),
  );
}

async function callBack(work: () => Promise<unknown>, callback: Callback): Promise<void> {
  let outcome: Parameters<Callback>;
  try {
    outcome = [null, await work()];
  } catch (error) {
    outcome = [error instanceof Error ? error : new Error(String(error))];
  }
  callback(...outcome);
}

/** Typed as little as what it replaces: the client's methods have overloads that nobody needs here. */
function replace(prototype: object, name: string | symbol, replacement: (...args: never[]) => unknown): void {
  jest.spyOn(prototype as Record<string | symbol, () => void>, name).mockImplementation(replacement);
}

/** An answer to Metadata: the brokers' ids are their ports. */
export function metadataOf(brokers: readonly number[], topics: readonly string[], leader: number) {
  const partitions = [{ partitionIndex: 0, leaderId: leader, leaderEpoch: 0, replicaNodes: [], isrNodes: [] }];
  return {
    brokers: brokers.map((port) => ({ nodeId: port, host: '127.0.0.1', port, rack: null })),
    topics: topics.map((name) => ({ name, topicId: name, partitions })),
  };
}
