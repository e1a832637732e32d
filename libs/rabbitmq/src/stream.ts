import { randomUUID } from 'node:crypto';

import { TimedOutError } from '@waybill/observability';
import type { ChannelModel } from 'amqplib';

import { closeChannel, inChannel } from './connection.js';
import { toCard } from './message.js';
import type { StoredMessage } from './message.js';
import { isLocked, isNotFound, RabbitError } from './rabbit-errors.js';
import { readerOn } from './stream-reader.js';

/** What has been created by somebody who died before its card was in it answers never; the price of a mistake is a second card. */
const CARDLESS_TIMEOUT_MS = 3_000;

/** Whether a queue or stream is there, and what RabbitMQ counts in it: of a stream, seconds late. */
export async function countOf(connection: ChannelModel, name: string): Promise<number | undefined> {
  try {
    return await inChannel(connection, async (channel) => (await channel.checkQueue(name)).messageCount);
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

export interface StreamSpec {
  readonly name: string;
  /** Without `x-queue-type`. */
  readonly args: Readonly<Record<string, unknown>>;
  readonly card: string;
}

/** Creates a stream with its card, or gives one its card that was left without. @returns whether it was missing. Only while {@link whileCreating}. */
export async function ensureStream(connection: ChannelModel, { name, args, card }: StreamSpec): Promise<boolean> {
  const count = await countOf(connection, name);
  if (count !== undefined && (count > 0 || (await readFirst(connection, name)) !== undefined)) return false;
  const channel = await connection.createConfirmChannel();
  try {
    if (count === undefined) {
      const queueArgs = { 'x-queue-type': 'stream', 'x-queue-leader-locator': 'balanced', ...args };
      await channel.assertQueue(name, { durable: true, arguments: queueArgs });
    }
    const { content, properties } = toCard(card, randomUUID());
    channel.sendToQueue(name, content, properties);
    await channel.waitForConfirms();
  } finally {
    await closeChannel(channel);
  }
  return count === undefined;
}

/** The first record of a stream that may have none: its creator died before its card was in it. */
export async function readFirst(connection: ChannelModel, stream: string): Promise<StoredMessage | undefined> {
  try {
    return await readerOn(connection).readFrom(stream, 'first', CARDLESS_TIMEOUT_MS);
  } catch (error) {
    if (error instanceof RabbitError && error.cause instanceof TimedOutError) return undefined;
    throw error;
  }
}

const LOOK_AGAIN_MS = 50;

/** One at a time, over all processes: its lock goes with its connection. @throws RabbitError when that takes too long */
export async function whileCreating<Result>(
  connection: ChannelModel,
  lock: string,
  timeoutMs: number,
  work: () => Promise<Result>,
): Promise<Result> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    try {
      return await inChannel(connection, async (channel) => {
        await channel.assertQueue(lock, { exclusive: true, durable: false, autoDelete: true });
        try {
          return await work();
        } finally {
          await channel.deleteQueue(lock);
        }
      });
    } catch (error) {
      if (!isLocked(error)) throw error;
      if (performance.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
    }
  }
}
