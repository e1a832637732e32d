import { within } from '@waybill/observability';
import { connect, credentials } from 'amqplib';
import type { Channel, ChannelModel, Options, SocketOptions } from 'amqplib';

import { RabbitError, toRabbitError } from './rabbit-errors.js';
import type { RabbitSettings } from './rabbit-options.js';

/** Opens connections to the nodes in turn: the one after the last that was used comes first. */
export class Connector {
  #turn = 0;

  constructor(readonly settings: RabbitSettings) {}

  /** @param purpose shown at the broker, after the name. @throws RabbitError when no node takes it */
  async connect(purpose: string): Promise<ChannelModel> {
    const { urls } = this.settings;
    let failure: RabbitError | undefined;
    for (let attempt = 0; attempt < urls.length; attempt += 1) {
      const url = urls[this.#turn++ % urls.length] ?? '';
      try {
        return await this.#open(url, purpose);
      } catch (error) {
        failure = toRabbitError(error);
      }
    }
    throw failure ?? new RabbitError('There is no node to connect to', {});
  }

  /** The nodes, without their users. */
  get nodes(): string {
    return this.settings.urls.map((url) => new URL(url).host).join(', ');
  }

  async #open(text: string, purpose: string): Promise<ChannelModel> {
    const { tls, heartbeatSeconds, name, startTimeoutMs } = this.settings;
    const url = new URL(text);
    const isNamedByCertificate = url.username === '' && tls?.cert !== undefined;
    const node: Options.Connect = {
      protocol: url.protocol.slice(0, -1),
      hostname: url.hostname.replace(/^\[|\]$/g, ''),
      heartbeat: heartbeatSeconds,
      ...(url.port !== '' && { port: Number(url.port) }),
      ...(url.username !== '' && {
        username: decodeURIComponent(url.username),
        password: decodeURIComponent(url.password),
      }),
      vhost: url.pathname.slice(1), // percent-encoded, as the library expects it
    };
    const socket: SocketOptions = {
      noDelay: true,
      keepAlive: true,
      timeout: startTimeoutMs,
      clientProperties: { connection_name: `${name} ${purpose}` },
      ...(isNamedByCertificate && { credentials: credentials.external() }),
      ...(tls?.ca !== undefined && { ca: tls.ca }),
      ...(tls?.cert !== undefined && { cert: tls.cert, key: tls.key }),
    };
    const connection = await connect(node, socket);
    connection.on('error', () => {}); // 'close' follows, with the same error
    return connection;
  }
}

/** One connection for many short pieces of work; opened when it is needed, and again after it was lost. */
export class SharedConnection {
  #opening: Promise<ChannelModel> | undefined;
  #closed = false;

  constructor(
    private readonly connector: Connector,
    private readonly purpose: string,
  ) {}

  get nodes(): string {
    return this.connector.nodes;
  }

  async get(): Promise<ChannelModel> {
    if (this.#closed) throw new RabbitError('The connection is closed', { isConnectionProblem: true });
    this.#opening ??= this.#open();
    return this.#opening;
  }

  async close(): Promise<void> {
    this.#closed = true;
    const opening = this.#opening;
    this.#opening = undefined;
    await opening?.then(closeConnection).catch(() => {}); // what couldn't be opened is closed
  }

  #open(): Promise<ChannelModel> {
    const forget = (): void => {
      if (this.#opening === opening) this.#opening = undefined;
    };
    const opening: Promise<ChannelModel> = this.connector.connect(this.purpose).then(
      (connection) => connection.on('close', forget),
      (error: unknown) => {
        forget();
        throw error;
      },
    );
    return opening;
  }
}

const CLOSE_TIMEOUT_MS = 2_000;

/** Leaves; the broker frees all that the connection held, also where it is too busy to answer. */
export async function closeConnection(connection: ChannelModel): Promise<void> {
  await within(CLOSE_TIMEOUT_MS, connection.close()).catch(() => {}); // it is gone already, or will be
}

/** Also ends where the connection is lost meanwhile: the library's promise then never does. */
export async function closeChannel(channel: Channel): Promise<void> {
  const closed = new Promise<void>((resolve) => channel.once('close', () => resolve()));
  await within(CLOSE_TIMEOUT_MS, Promise.race([closed, channel.close()])).catch(() => {}); // it is gone already, or will be
}

/**
 * Works on a channel of its own: an error of the protocol closes a channel, and nothing else.
 * @param work gets a promise that rejects when the channel breaks: what is awaited beside an answer would wait for ever.
 */
export async function inChannel<Result>(
  connection: ChannelModel,
  work: (channel: Channel, broken: Promise<never>) => Promise<Result>,
): Promise<Result> {
  let channel: Channel | undefined;
  try {
    channel = await connection.createChannel();
    const broken = whenBroken(channel);
    return await Promise.race([work(channel, broken), broken]);
  } catch (error) {
    throw toRabbitError(error);
  } finally {
    if (channel !== undefined) await closeChannel(channel);
  }
}

/** Rejects when the channel closes, with the reason. */
export function whenBroken(channel: Channel): Promise<never> {
  const broken = new Promise<never>((_, reject) => {
    channel.once('error', reject);
    channel.once('close', () => reject(new RabbitError('The connection was lost', { isConnectionProblem: true })));
  });
  broken.catch(() => {}); // the caller that waits for it hears of it
  return broken;
}
