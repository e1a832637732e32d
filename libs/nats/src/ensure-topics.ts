import { setTimeout as sleep } from 'node:timers/promises';

import type { JetStreamManager } from '@nats-io/jetstream';
import { DiscardPolicy, RetentionPolicy, StorageType } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { nanos } from '@nats-io/transport-node';
import type { Lane, TopicDefaults, TopicLimits, TopicSpec } from '@waybill/messaging';
import { BrokerUnavailable, MessagingMisconfigured } from '@waybill/messaging';

import { countLanes, existingLanes, laneLog } from './lane-streams.js';
import type { NatsNames } from './names.js';
import { nameFault } from './names.js';
import { isNameInUse, isRefusal, isStreamMissing } from './nats-errors.js';

export interface EnsureTopicsOptions extends TopicDefaults {
  readonly replicas: number;
  readonly duplicateWindowMs: number;
  readonly timeoutMs: number;
}

/**
 * Creates the streams that are missing. Any number of replicas may do so at once; what exists is left as it is.
 * @returns the names of the topics that weren't whole. @throws BrokerUnavailable when that took longer than the timeout,
 * MessagingMisconfigured when a topic is refused.
 */
export async function ensureTopics(
  jsm: JetStreamManager,
  names: NatsNames,
  topics: readonly TopicSpec[],
  options: EnsureTopicsOptions,
): Promise<readonly string[]> {
  const faults = topics.flatMap(({ name }) => {
    const fault = nameFault(name);
    return fault === undefined ? [] : [`the topic ${JSON.stringify(name)} ${fault}`];
  });
  if (faults.length > 0) throw new MessagingMisconfigured(faults);
  const deadline = performance.now() + options.timeoutMs;
  for (;;) {
    try {
      const made = await Promise.all(topics.map((topic) => ensureTopic(jsm, names, topic, options)));
      return topics.filter((_, index) => made[index] === true).map(({ name }) => name);
    } catch (cause) {
      const wanted = topics.map(({ name }) => name).join(', ');
      if (isRefusal(cause)) {
        throw new MessagingMisconfigured([`JetStream refuses to create the topics ${wanted}: ${String(cause)}`]);
      }
      if (performance.now() > deadline) {
        throw new BrokerUnavailable(`The topics ${wanted} can't be created: ${String(cause)}`, { cause });
      }
      await sleep(100);
    }
  }
}

/** @returns whether anything of it was missing */
async function ensureTopic(
  jsm: JetStreamManager,
  names: NatsNames,
  topic: TopicSpec,
  options: EnsureTopicsOptions,
): Promise<boolean> {
  const { name } = topic;
  const existing = new Set(await existingLanes(jsm, names, name));
  const known = Math.max(0, ...[...existing].map((partition) => partition + 1));
  const count = existing.has(0) ? known : Math.max(options.partitions, known);
  const missing = Array.from({ length: count }, (_, index) => count - 1 - index).filter((lane) => !existing.has(lane));
  const [first, others] = [missing.filter((lane) => lane === 0), missing.filter((lane) => lane > 0)];
  for (const group of [others, first]) {
    await Promise.all(group.map((partition) => createLane(jsm, names, { topic: name, partition }, topic, options)));
  }
  return missing.length > 0;
}

async function createLane(
  jsm: JetStreamManager,
  names: NatsNames,
  lane: Lane,
  topic: TopicSpec,
  options: EnsureTopicsOptions,
): Promise<void> {
  const { retentionMs = options.retentionMs ?? -1 } = topic;
  const subjects = [names.subject(lane)];
  try {
    await jsm.streams.add({
      name: names.stream(lane),
      subjects,
      retention: RetentionPolicy.Limits,
      storage: StorageType.File,
      discard: DiscardPolicy.Old,
      num_replicas: options.replicas,
      max_age: retentionMs < 0 ? 0 : nanos(retentionMs),
      // The servers take no window that is longer than the retention.
      duplicate_window: nanos(
        retentionMs < 0 ? options.duplicateWindowMs : Math.min(options.duplicateWindowMs, retentionMs),
      ),
      allow_direct: true,
    });
  } catch (error) {
    if (!isNameInUse(error)) throw error;
    const { config } = (await laneLog(jsm, names, lane)).info; // made meanwhile with other settings, or another's
    if (config.subjects.includes(subjects[0] ?? '')) return;
    throw error;
  }
}

/** JetStream deletes each record when its time has come; this much later the last of them is gone. */
const EXPIRY_MS = 60_000;
/** What base64 and our own headers may add to a record. */
const ENCODING_BYTES = 16_384;

/** What the servers do with the records of each topic that exists. Where its lanes differ, the strictest counts. */
export async function describeTopics(
  { info }: Pick<NatsConnection, 'info'>,
  jsm: JetStreamManager,
  names: NatsNames,
  topics: readonly string[],
): Promise<readonly TopicLimits[]> {
  const maxPayload = info?.max_payload ?? 1_048_576;
  const described = topics.map(async (topic): Promise<readonly TopicLimits[]> => {
    const count = await countLanes(jsm, names, topic);
    const lanes = Array.from({ length: count }, (_, partition) =>
      laneLog(jsm, names, { topic, partition }).catch(ifThere),
    );
    const configs = (await Promise.all(lanes)).flatMap((log) => log?.info.config ?? []);
    if (configs.length === 0) return [];
    const ages = configs.map(({ max_age: age }) => (age === 0 ? Infinity : age / 1_000_000));
    const sizes = configs.map(({ max_msg_size: size }) => (size > 0 ? size : maxPayload));
    const maxMessageBytes = Math.min(maxPayload, ...sizes) - ENCODING_BYTES;
    return [{ topic, retentionMs: Math.min(...ages), segmentMs: EXPIRY_MS, maxMessageBytes }];
  });
  return (await Promise.all(described)).flat();
}

/** A lane that is lost has no settings. */
function ifThere(error: unknown): undefined {
  if (!isStreamMissing(error)) throw error;
}
