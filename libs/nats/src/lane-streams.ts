import type { JetStreamManager, StreamInfo } from '@nats-io/jetstream';
import type { Lane } from '@waybill/messaging';

import type { NatsNames } from './names.js';
import { isMissing } from './nats-errors.js';

/** Which of a topic's lanes have a stream. */
export async function existingLanes(
  jsm: JetStreamManager,
  names: NatsNames,
  topic: string,
): Promise<readonly number[]> {
  const partitions: number[] = [];
  for await (const stream of jsm.streams.names(names.subjectOfAll(topic))) {
    const partition = names.partitionIn(stream, topic);
    if (partition !== undefined) partitions.push(partition);
  }
  return partitions.toSorted((a, b) => a - b);
}

/**
 * How many lanes a topic has; 0 = there is no such topic. Its first lane is created last, so that nobody takes a topic whose creation is
 * under way for a smaller one; a lane that is lost later leaves a gap, so that no key moves to another lane.
 */
export async function countLanes(jsm: JetStreamManager, names: NatsNames, topic: string): Promise<number> {
  const partitions = await existingLanes(jsm, names, topic);
  return partitions[0] === 0 ? (partitions.at(-1) ?? 0) + 1 : 0;
}

/** A lane's log. Positions count from 0, JetStream's sequences from 1. */
export interface LaneLog {
  /** Tells the log from another one of the same name. */
  readonly id: string;
  readonly first: bigint;
  readonly end: bigint;
  readonly info: StreamInfo;
}

/** @throws where there is no such stream */
export async function laneLog(jsm: JetStreamManager, names: NatsNames, lane: Lane): Promise<LaneLog> {
  const info = await jsm.streams.info(names.stream(lane));
  const { first_seq: first, last_seq: last } = info.state;
  return { id: info.created, first: BigInt(Math.max(first, 1) - 1), end: BigInt(last), info };
}

/** What tells the record before a position from another one in its place. */
export function recordOf(timestampMs: number): string {
  return String(timestampMs);
}

/**
 * A stream keeps its identity where its server has lost its tail: the records that come then lie where others have lain.
 * @param record of the one before the position @returns whether another one is there now
 */
export async function isRewritten(
  jsm: JetStreamManager,
  names: NatsNames,
  lane: Lane,
  next: bigint,
  record: string,
): Promise<boolean> {
  try {
    const stored = await jsm.streams.getMessage(names.stream(lane), { seq: Number(next) });
    return stored !== null && recordOf(stored.time.getTime()) !== record;
  } catch (error) {
    if (isMissing(error)) return false; // deleted, by its age or by hand
    throw error;
  }
}

export function laneId({ topic, partition }: Lane): string {
  return `${topic}/${partition}`;
}
