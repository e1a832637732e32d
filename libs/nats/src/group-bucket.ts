import { Kvm } from '@nats-io/kv';
import type { KV } from '@nats-io/kv';
import type { Lane } from '@waybill/messaging';

import { contentOf, laneKey, memberKey, toLaneEntry } from './group-state.js';
import type { GroupEntry, KnownLane, KnownMember, LaneEntry } from './group-state.js';
import type { NatsNames } from './names.js';
import type { Nats } from './nats-connection.js';
import { isMissing, isOvertaken } from './nats-errors.js';
import { FROM_THE_FIRST, PullConsumer } from './pull-consumer.js';
import type { PulledMessage } from './pull-consumer.js';

/**
 * A group's members and positions in a key-value bucket. A lane is changed by who saw its last change, or not at all: so each lane has one reader, and
 * a member that was taken for dead moves no position, however late it wakes up.
 */
export class GroupBucket {
  private constructor(
    private readonly kv: KV,
    private readonly nats: Nats,
    private readonly names: NatsNames,
    private readonly group: string,
  ) {}

  static async open(nats: Nats, names: NatsNames, group: string, replicas: number): Promise<GroupBucket> {
    const description = `Members and positions of the consumer group ${group}`;
    const kv = await new Kvm(nats.js).create(names.bucket(group), { history: 1, replicas, description });
    return new GroupBucket(kv, nats, names, group);
  }

  /** Tells the latest of each key, then each change, in their order, until it is stopped or fails. */
  async watch(onChange: (entry: GroupEntry) => void, onEnd: () => void): Promise<{ stop(): void }> {
    const bucket = this.names.bucket(this.group);
    const consumer = await PullConsumer.create(this.nats, `KV_${bucket}`, FROM_THE_FIRST);
    const stopping = new AbortController();
    const { signal } = stopping;
    const stop = (): void => {
      stopping.abort();
      consumer.close();
    };
    const hear = ({ subject, sequence, timestampMs, headers, data }: PulledMessage): void => {
      if (signal.aborted) return;
      const isThere = (headers?.get('KV-Operation') ?? '') === '';
      const content = isThere ? contentOf(data) : undefined;
      onChange({ key: subject.slice(`$KV.${bucket}.`.length), content, revision: sequence, atMs: timestampMs });
    };
    const run = async (): Promise<void> => {
      while (!signal.aborted) await consumer.pull({ messages: 500 }, hear);
    };
    void run().catch(() => {
      if (signal.aborted) return;
      stop();
      onEnd();
    });
    return { stop };
  }

  /** A sign of life. @returns its revision */
  async beat(id: string, content: object): Promise<number> {
    return this.kv.put(memberKey(id), JSON.stringify(content));
  }

  async leave(id: string): Promise<void> {
    await this.kv.delete(memberKey(id));
  }

  /** Unless it has given a sign of life meanwhile. */
  async expel({ id, revision }: KnownMember): Promise<void> {
    await this.kv.delete(memberKey(id), { previousSeq: revision }).catch((error: unknown) => {
      if (!isOvertaken(error)) throw error;
    });
  }

  /** Of a member that has left: each would stay for ever. */
  async removeMarker(id: string): Promise<void> {
    const bucket = this.names.bucket(this.group);
    await this.nats.jsm.streams.purge(`KV_${bucket}`, { filter: `$KV.${bucket}.${memberKey(id)}` });
  }

  /** @returns the new revision; `undefined` = somebody else has changed it since. @throws when it isn't known whether it was written */
  async write(lane: Lane, entry: LaneEntry, revision: number): Promise<number | undefined> {
    const key = laneKey(this.names, lane);
    try {
      return await this.kv.put(key, JSON.stringify(entry), { previousSeq: revision });
    } catch (error) {
      if (isOvertaken(error)) return undefined;
      throw error;
    }
  }

  async read(lane: Lane): Promise<KnownLane> {
    return readLane(this.nats, this.names, this.group, lane);
  }
}

/** From the leader: what a replica says may be of a moment ago. A group that nobody has joined has no bucket. */
export async function readLane({ jsm }: Nats, names: NatsNames, group: string, lane: Lane): Promise<KnownLane> {
  const bucket = names.bucket(group);
  try {
    const subject = `$KV.${bucket}.${laneKey(names, lane)}`;
    const stored = await jsm.streams.getMessage(`KV_${bucket}`, { last_by_subj: subject });
    if (stored === null) return { revision: 0 };
    return { ...toLaneEntry(contentOf(stored.data)), revision: stored.seq };
  } catch (error) {
    if (isMissing(error)) return { revision: 0 };
    throw error;
  }
}
