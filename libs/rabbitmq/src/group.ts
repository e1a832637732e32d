import { randomUUID } from 'node:crypto';

import type { Lane } from '@waybill/messaging';
import type { ChannelModel, ConfirmChannel } from 'amqplib';

import { inChannel } from './connection.js';
import { positionOf } from './message.js';
import type { Names } from './names.js';
import type { Expiry } from './retention.js';
import type { StreamReader } from './stream-reader.js';
import { countOf, ensureStream, whileCreating } from './stream.js';

/** What a group has acknowledged of a lane. */
export interface GroupPosition {
  /** Everything before it is done. */
  readonly next: number;
  readonly owner: string | undefined;
  /** Id of the record before it, by which another log with the same name is told. */
  readonly record: string | undefined;
}

/** Of a position stream only the last record matters. */
const POSITION_ARGS = { 'x-max-length-bytes': 200_000, 'x-stream-max-segment-size-bytes': 100_000 };
const LOCK_TIMEOUT_MS = 15_000;

/** Declares what a group needs of these lanes: how members hear of each other, a lease and a position for each. Repeatable. */
export async function ensureGroup(
  connection: ChannelModel,
  names: Names,
  group: string,
  lanes: readonly Lane[],
): Promise<void> {
  await inChannel(connection, async (channel) => {
    await channel.assertExchange(names.members(group), 'fanout', { durable: true });
    for (const lane of lanes) {
      const args = { 'x-queue-type': 'quorum', 'x-single-active-consumer': true, 'x-queue-leader-locator': 'balanced' };
      await channel.assertQueue(names.lease(group, lane), { durable: true, arguments: args });
    }
  });
  const positions = lanes.map((lane) => names.position(group, lane));
  const counts = await Promise.all(positions.map((name) => countOf(connection, name)));
  const unsure = positions.filter((_, index) => (counts[index] ?? 0) === 0);
  if (unsure.length === 0) return;
  await whileCreating(connection, names.creating(names.members(group)), LOCK_TIMEOUT_MS, async () => {
    for (const name of unsure) await ensureStream(connection, { name, args: POSITION_ARGS, card: 'position' });
  });
}

/** `undefined`: nothing acknowledged. @throws RabbitError when the broker can't say */
export async function readPosition(reader: StreamReader, stream: string): Promise<GroupPosition | undefined> {
  let last = await reader.readLast(stream);
  // A card that came late says nothing of what lies before it.
  while (last.card !== undefined && last.offset > 0) {
    const before = await reader.readFrom(stream, last.offset - 1);
    if (before.offset >= last.offset) return undefined;
    last = before;
  }
  if (last.card !== undefined) return undefined;
  const { next, owner, record } = JSON.parse(last.message.content.toString()) as GroupPosition; // ours: see writePosition
  return { next, owner, record };
}

/** @returns once it is stored on a quorum of nodes. */
export function writePosition(channel: ConfirmChannel, stream: string, position: GroupPosition): Promise<void> {
  const options = { persistent: true, mandatory: true, messageId: randomUUID() };
  return new Promise((resolve, reject) => {
    channel.sendToQueue(stream, Buffer.from(JSON.stringify(position)), options, (error: unknown) =>
      error === null || error === undefined ? resolve() : reject(error),
    );
  });
}

/** How far a lane's log reaches. */
export interface LaneBounds {
  /** The earliest record that counts: older ones are as good as deleted. */
  readonly first: number;
  readonly end: number;
}

export async function readBounds(
  reader: StreamReader,
  stream: string,
  expiry: Expiry | undefined,
): Promise<LaneBounds> {
  const last = await reader.readLast(stream);
  const end = last.offset; // of the record behind it: positions are one less than offsets
  if (expiry === undefined) return { first: positionOf((await reader.readFrom(stream, 'first')).offset), end };
  const isLastExpired = last.timestampMs !== undefined && last.timestampMs < expiry.sentMs;
  if (isLastExpired) return { first: end, end };
  const value = Math.floor(expiry.storedMs / 1_000);
  const first = await reader.readFrom(stream, { '!': 'timestamp', value });
  return { first: positionOf(first.offset), end };
}
