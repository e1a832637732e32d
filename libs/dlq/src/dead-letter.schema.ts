const text = (description: string) => ({ type: 'string', description }) as const;
const textOrNull = (description: string) => ({ type: ['string', 'null'], description }) as const;
const count = (description: string) => ({ type: 'integer', minimum: 0, description }) as const;

/** JSON Schema of `DeadLetterData`. */
export const deadLetterSchema = {
  type: 'object',
  required: [
    'group',
    'messageId',
    'source',
    'type',
    'handler',
    'subscriber',
    'topic',
    'partition',
    'position',
    'timestampMs',
    'attempts',
    'reason',
    'error',
    'fingerprint',
    'payloadSha256',
    'payloadBytes',
  ],
  properties: {
    group: text('The consumer group that could not handle the message'),
    messageId: text('ce_id of the message; its place where it has none'),
    source: text('ce_source of the message'),
    type: textOrNull('ce_type of the message'),
    handler: textOrNull('Which handler failed'),
    subscriber: textOrNull("The handler's name among several of an event"),
    topic: text('Where the message lies'),
    partition: count('The lane of the topic'),
    position: text('The place in the lane'),
    timestampMs: { type: 'integer', description: 'When the broker took the message, in milliseconds since 1970' },
    attempts: count('How often it was tried'),
    reason: text('Why it is dead'),
    error: text('What the last attempt failed with, without values'),
    fingerprint: text('The same for letters that failed alike'),
    payloadSha256: textOrNull('Of the payload, in hexadecimal digits'),
    payloadBytes: count('Of the payload'),
  },
} as const;

export const deadLetterExample = {
  group: 'payment',
  messageId: '0197d6a4-5c1e-7b3a-9c55-0a1b2c3d4e60',
  source: '/order',
  type: 'payment.process.v1',
  handler: 'PaymentCommandsController.process',
  subscriber: null,
  topic: 'payment.commands',
  partition: 2,
  position: '41',
  timestampMs: 1_795_600_000_000,
  attempts: 1,
  reason: 'INVALID_MESSAGE_DATA',
  error: "Data of payment.process.v1 doesn't fit its contract: /amount must have required properties currency",
  fingerprint: 'InvalidMessageDataError',
  payloadSha256: '44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a',
  payloadBytes: 2,
};
