import { createClient, RESP_TYPES } from '@redis/client';
import { BrokerUnavailable } from '@waybill/messaging';
import type { BrokerLog, Lane } from '@waybill/messaging';
import { endsWithin, within } from '@waybill/observability';

export interface RedisOptions {
  /** `redis://user:password@host:6379`, or `rediss://…` with TLS. */
  readonly url: string;
  /** Before the names of all keys. */
  readonly prefix?: string;
  /** How long a member counts as alive after a sign of life, in milliseconds; a command without an answer fails after half of it. @default 10000 */
  readonly sessionTimeoutMs?: number;
  /** How long Redis is waited for at the start, in milliseconds. @default 5000 */
  readonly startTimeoutMs?: number;
}

export type Reply = Buffer | number | null | readonly Reply[];

// #region connection
export class RedisConnection {
  readonly #client;
  #opened: Promise<unknown> | undefined;
  readonly sessionTimeoutMs: number;
  readonly startTimeoutMs: number;

  constructor(
    private readonly options: RedisOptions,
    log: BrokerLog,
  ) {
    this.sessionTimeoutMs = options.sessionTimeoutMs ?? 10_000;
    this.startTimeoutMs = options.startTimeoutMs ?? 5_000;
    this.#client = createClient({
      url: options.url,
      RESP: 2,
      disableOfflineQueue: true, // a command that waits for the connection would come after what its caller did since
      pingInterval: this.sessionTimeoutMs / 5,
      socket: {
        socketTimeout: this.sessionTimeoutMs / 2, // a line that fell silent
        reconnectStrategy: (retries) => Math.min(20 * 2 ** retries, 1_000),
      },
    });
    this.#client.on('error', (error: Error) => log.debug(`redis: ${error.message}`));
  }

  /** @throws what Redis says; also where there is no connection, or no answer in time: then it may have happened */
  send(...command: readonly (string | Buffer)[]): Promise<Reply> {
    this.#opened ??= this.#client.connect().catch(() => {}); // rejects only where it is closed meanwhile
    const typeMapping = { [RESP_TYPES.BLOB_STRING]: Buffer };
    return within(this.sessionTimeoutMs / 2, this.#client.sendCommand<Reply>(command, { typeMapping }));
  }

  run(script: string, keys: readonly string[], ...args: readonly (string | Buffer)[]): Promise<Reply> {
    return this.send('EVAL', script, String(keys.length), ...keys, ...args);
  }

  /** @throws BrokerUnavailable where there is no connection in time */
  async ready(): Promise<void> {
    this.#opened ??= this.#client.connect().catch(() => {});
    if (await endsWithin(this.startTimeoutMs, this.#opened)) return;
    const { host } = new URL(this.options.url);
    throw new BrokerUnavailable(`No Redis answered within ${this.startTimeoutMs} ms at ${host}`);
  }

  close(): void {
    if (this.#opened) this.#client.destroy();
  }
}
// #endregion

/** Names of keys. What comes from outside is encoded: no two topics or groups share a key. */
export class Keys {
  constructor(private readonly prefix = '') {}

  topic = (topic: string): string => this.#key('topic', topic);
  lane = ({ topic, partition }: Lane): string => this.#key('lane', topic, partition);
  members = (group: string): string => this.#key('members', group);
  group = (group: string): string => this.#key('group', group);

  #key(...parts: readonly (string | number)[]): string {
    return this.prefix + parts.map(encodeURIComponent).join(':');
  }
}
