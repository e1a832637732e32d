import { createHash } from 'node:crypto';

import { newMessage } from '@waybill/messaging';
import type { FailedMessage, MessageContract, NewMessage, TopicSpec } from '@waybill/messaging';

import { deadLetterExample, deadLetterSchema } from './dead-letter.schema.js';
import { cleanText } from './error-report.js';
import type { ErrorReport } from './error-report.js';

/**
 * What the `<group>.dlq` topic says about a dead letter; for monitors and archives, never for replay. A topic can't forget,
 * so it carries neither payload nor headers: they are in the letter, which group, source, message id and subscriber name.
 */
export interface DeadLetterData {
  readonly group: string;
  readonly messageId: string;
  readonly source: string;
  readonly type: string | null;
  readonly handler: string | null;
  /** The handler's name among several of an event; `null` = the one without. */
  readonly subscriber: string | null;
  readonly topic: string;
  readonly partition: number;
  readonly position: string;
  readonly timestampMs: number;
  readonly attempts: number;
  readonly reason: string;
  readonly error: string;
  readonly fingerprint: string;
  /** In hexadecimal digits; of a record without a value `null`. */
  readonly payloadSha256: string | null;
  readonly payloadBytes: number;
}

export function deadLetterTopic(group: string): TopicSpec {
  return { name: `${group}.dlq`, kind: 'event' };
}

/** What it is for, and what it looks like; for the description of a service's messages. */
export function deadLetterContract(group: string): MessageContract<DeadLetterData> {
  return {
    kind: 'event',
    topic: deadLetterTopic(group).name,
    name: 'dead-letter.recorded',
    version: 1,
    type: 'dead-letter.recorded.v1',
    description:
      'A message could not be handled, and is kept in the dead letter queue. For monitors and archives, never for replay.',
    schema: deadLetterSchema,
    example: { ...deadLetterExample, group },
    upcasters: new Map(),
    personal: [],
    parse: (data) => data as DeadLetterData, // made here and nowhere else
  };
}

export function deadLetterMessage(failed: FailedMessage, report: ErrorReport, reason: string): NewMessage {
  const { record, identity } = failed;
  const data: DeadLetterData = {
    group: failed.group,
    messageId: identity.id,
    source: identity.source,
    type: failed.type ?? null,
    handler: failed.handler ?? null,
    subscriber: identity.subscriber ?? null,
    topic: record.topic,
    partition: record.partition,
    position: record.position,
    timestampMs: record.timestampMs,
    attempts: failed.attempts,
    reason: cleanText(reason, 200),
    error: report.text,
    fingerprint: report.fingerprint,
    payloadSha256: record.value && createHash('sha256').update(record.value).digest('hex'),
    payloadBytes: record.value?.length ?? 0,
  };
  return newMessage<unknown>(deadLetterContract(failed.group), {
    key: readableKey(record.key),
    data,
  });
}

/** A key as text of a bounded length. */
export function readableKey(key: Buffer | null): string | null {
  return key === null ? null : cleanText(key.toString('utf8').replace(/\p{Cc}/gu, '\uFFFD'), 200);
}
