import { describeMs } from './describe-ms.js';
import type { RetentionModel, TopicRetention } from './retention-model.js';

/** What a key, a subject and the envelope may add to a payload that is just small enough to travel whole. */
const HEAD_BYTES = 16_384;

const INBOX = 'INBOX_WINDOW_MS (InboxModule windowMs)';
const OUTBOX = 'OUTBOX_RETENTION_MS (OutboxModule relay.retentionMs)';
const LETTERS = 'DEAD_LETTER_RETENTION_MS (DeadLetterModule retentionMs)';
const PAYLOADS = 'CLAIM_CHECK_RETENTION_MS (ClaimCheckModule retentionMs)';
const THRESHOLD = 'CLAIM_CHECK_THRESHOLD_BYTES (ClaimCheckModule thresholdBytes)';

/**
 * Everything that is wrong between the times a message is remembered, kept, and can come back; each fault names the settings
 * and the values that would do. Empty = what is delivered again is known, and what is needed is still there.
 */
export function checkRetention(model: RetentionModel): readonly string[] {
  return [
    ...model.topics.flatMap(lostTooEarly),
    ...grouped(model.consumed).flatMap((topics) => forgottenTooEarly(model, topics)),
    ...unknownToTheInbox(model),
    ...grouped(model.topics).flatMap((topics) => payloadsTooShort(model, topics)),
    ...model.topics.flatMap((topic) => thresholdTooHigh(model, topic)),
    ...model.topics.flatMap((topic) => messagesTooLarge(model, topic)),
  ];
}

/** F40: the broker, or a relay that repeats, must not deliver what the inbox has forgotten. */
function forgottenTooEarly({ inboxWindowMs, outageMs }: RetentionModel, topics: readonly TopicRetention[]): string[] {
  const [first] = topics;
  if (first === undefined || first.keptForEver) return [];
  const names = namesOf(topics);
  const most = inboxWindowMs - first.segmentMs - outageMs;
  const lower = most > 0 ? `, or lower retention.ms of ${names} to ${most} at most` : '';
  if (first.retentionMs === Infinity) {
    const declared = 'declare `retentionMs: -1` in its TopicSpec if its handlers may run again at any time';
    const remedy = most > 0 ? `set its retention.ms to ${most} at most, or ${declared}` : declared;
    return [`${names}: the broker keeps records for ever, so no ${INBOX} is long enough: ${remedy}`];
  }
  const needed = first.retentionMs + first.segmentMs + outageMs;
  if (inboxWindowMs >= needed) return [];
  return [
    `${INBOX} = ${describeMs(inboxWindowMs)} is shorter than ${names} can redeliver: retention.ms ` +
      `${describeMs(first.retentionMs)}, segment.ms ${describeMs(first.segmentMs)} and an outage of ` +
      `${describeMs(outageMs)}. Set it to ${needed} or more${lower}`,
  ];
}

/** F40: what an operator can still take out of a table and send again must still be known to the inbox. */
function unknownToTheInbox({ inboxWindowMs, deadLettersMs, outboxMs }: RetentionModel): string[] {
  return [
    [LETTERS, deadLettersMs, 'a letter that is kept could be sent again and run twice'] as const,
    [OUTBOX, outboxMs, 'a row that is kept could be published again and run twice'] as const,
  ].flatMap(([setting, ms, why]) =>
    inboxWindowMs >= ms
      ? []
      : [
          `${INBOX} = ${describeMs(inboxWindowMs)} is shorter than ${setting} = ${describeMs(ms)}: ${why}. ` +
            `Set the window to ${ms} or more, or the retention to ${inboxWindowMs} at most`,
        ],
  );
}

/** F39: a payload must outlive its record, and then the dead letter that its record became. */
function payloadsTooShort({ claimCheck, deadLettersMs }: RetentionModel, topics: readonly TopicRetention[]): string[] {
  const [first] = topics;
  if (!claimCheck || first === undefined || first.keptForEver) return []; // for those no payload is stored
  const names = namesOf(topics);
  const { retentionMs } = claimCheck;
  const most = retentionMs - deadLettersMs - first.segmentMs;
  if (first.retentionMs === Infinity) {
    const remedy = most > 0 ? `set its retention.ms to ${most} at most, or declare` : 'declare';
    return [
      `${names}: the broker keeps records for ever, and ${PAYLOADS} keeps no payload as long: ${remedy} ` +
        '`retentionMs: -1` in its TopicSpec, so that its records travel whole',
    ];
  }
  const needed = deadLettersMs + first.retentionMs + first.segmentMs;
  if (retentionMs >= needed) return [];
  const lower = most > 0 ? `, or lower retention.ms of ${names} to ${most} at most` : '';
  return [
    `${PAYLOADS} = ${describeMs(retentionMs)} would delete payloads before their dead letters: ${LETTERS} is ` +
      `${describeMs(deadLettersMs)}, after retention.ms ${describeMs(first.retentionMs)} and segment.ms ` +
      `${describeMs(first.segmentMs)} of ${names}. Set it to ${needed} or more${lower}`,
  ];
}

/** A payload just below the threshold travels whole. */
function thresholdTooHigh({ claimCheck }: RetentionModel, { topic, maxMessageBytes }: TopicRetention): string[] {
  if (!claimCheck || claimCheck.thresholdBytes + HEAD_BYTES <= maxMessageBytes) return [];
  const most = maxMessageBytes - HEAD_BYTES;
  const raise = `raise max.message.bytes of ${topic} to ${claimCheck.thresholdBytes + HEAD_BYTES} or more`;
  return [
    `${THRESHOLD} = ${claimCheck.thresholdBytes} is not below what ${topic} takes, max.message.bytes ` +
      `${maxMessageBytes} with ${HEAD_BYTES} for the envelope: ` +
      (most > 0 ? `set it to ${most} at most, or ${raise}` : raise),
  ];
}

/** What the outbox lets through and the broker never takes would wait for an operator. */
function messagesTooLarge(
  { maxMessageBytes = 0 }: RetentionModel,
  { topic, maxMessageBytes: most }: TopicRetention,
): string[] {
  if (maxMessageBytes <= most) return [];
  return [
    `OUTBOX_MAX_MESSAGE_BYTES (OutboxModule maxMessageBytes) = ${maxMessageBytes} is more than ${topic} takes, ` +
      `max.message.bytes ${most}: set it to ${most} at most, or raise max.message.bytes of ${topic} to ${maxMessageBytes} or more`,
  ];
}

/** A topic that is to be kept for ever, and isn't kept as long as the broker can, loses what a service that starts over will look for. */
function lostTooEarly({ topic, keptForEver, retentionMs, longestRetentionMs = Infinity }: TopicRetention): string[] {
  if (!keptForEver || retentionMs >= longestRetentionMs) return [];
  return [
    `${topic} is declared to be kept for ever, but the broker deletes its records after ${describeMs(retentionMs)}: ` +
      'set its retention.ms to -1',
  ];
}

/** Topics with the same times share one sentence. */
function grouped(topics: readonly TopicRetention[]): readonly (readonly TopicRetention[])[] {
  const groups = new Map<string, TopicRetention[]>();
  for (const topic of topics) {
    const same = `${topic.retentionMs} ${topic.segmentMs} ${topic.keptForEver}`;
    groups.set(same, [...(groups.get(same) ?? []), topic]);
  }
  return [...groups.values()];
}

function namesOf(topics: readonly TopicRetention[]): string {
  return topics.map(({ topic }) => topic).join(', ');
}
