const TEXT = { type: 'string', minLength: 1, maxLength: 1024 } as const;

/**
 * JSON Schema of the headers of every record: what {@link encodeEnvelope} writes, and what a sender that isn't ours must give (`required`)
 * or may give. A message's own type, and its source where only one service sends it, come on top.
 */
export const envelopeSchema = {
  type: 'object',
  required: ['ce_specversion', 'ce_id', 'ce_source', 'ce_type', 'content-type'],
  properties: {
    ce_specversion: { const: '1.0', description: 'CloudEvents 1.0 in binary mode' },
    ce_id: {
      ...TEXT,
      description:
        'New for each message, such as a UUID, and the same whenever it is sent again: of the same source and id only the first has an effect',
    },
    ce_source: { ...TEXT, description: 'The service that sends it: /your-service' },
    ce_type: { ...TEXT, description: 'The message, with its version' },
    'content-type': { const: 'application/json' },
    ce_time: { type: 'string', format: 'date-time', description: 'When it was decided; else when the broker took it' },
    ce_subject: { ...TEXT, description: 'What it is about: the key, where the message has one' },
    ce_correlationid: {
      ...TEXT,
      description: 'Follows one process through all services; else the id of its first message',
    },
    ce_causationid: { ...TEXT, description: 'The id of the message or request that caused it' },
    ce_partitionkey: { ...TEXT, description: "The record's key" },
    traceparent: { ...TEXT, description: 'W3C Trace Context' },
    ce_dataref: {
      type: 'string',
      description: 'Instead of a large value, which is then empty: urn:uuid: and its id in the payload store',
    },
    ce_datasha256: { type: 'string', pattern: '^[0-9a-f]{64}$', description: 'Of the value that is elsewhere' },
    ce_databytes: { type: 'string', pattern: '^[0-9]{1,12}$', description: 'How long the value is that is elsewhere' },
  },
} as const;
