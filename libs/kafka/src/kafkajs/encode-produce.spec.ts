import {
  array,
  assert,
  asyncProperty,
  constant,
  dictionary,
  nat,
  oneof,
  option,
  record,
  string,
  uint8Array,
} from 'fast-check';
import Encoder from 'kafkajs/src/protocol/encoder.js';
import createRequest from 'kafkajs/src/protocol/request.js';
import { lookup, requests } from 'kafkajs/src/protocol/requests/index.js';
import type { MessageToSend, ProduceRequest } from 'kafkajs/src/protocol/requests/produce/index.js';
import requestV2 from 'kafkajs/src/protocol/requests/produce/v2/request.js';
import requestV3 from 'kafkajs/src/protocol/requests/produce/v3/request.js';

import { encodeProduceAtOnce } from './encode-produce.js';

encodeProduceAtOnce();

/** As kafkajs' Broker makes it. */
const corrected = (asked: ProduceRequest, version = 7) =>
  lookup({ 0: { minVersion: 0, maxVersion: version } })(0, requests.Produce)(asked).request;

/** What the correction replaces; versions after 3 differ in their number alone. */
const ofKafkajs = (asked: ProduceRequest, version = 7) =>
  version < 3 ? requestV2(asked) : Object.assign(requestV3(asked), { apiVersion: version });

const topicsOf = (...messages: readonly MessageToSend[]): ProduceRequest['topicData'] => [
  { topic: 'order.events.v1', partitions: [{ partition: 3, messages }] },
];

const HEADERS = { ce_id: '4711', ce_type: 'order.placed.v1', bytes: Buffer.from([0, 255, 128]) };

/** On the wire, as kafkajs itself encodes it and as it does once it is corrected. */
async function bothWays(
  topicData: ProduceRequest['topicData'],
  { version = 7, clientId = 'order', ...more }: Partial<ProduceRequest> & { version?: number; clientId?: string } = {},
): Promise<readonly [own: string, ours: string]> {
  const asked = { acks: -1, timeout: 30_000, producerId: -1, topicData, ...more };
  const wire = async (make: typeof corrected) =>
    (await createRequest({ correlationId: 258, clientId, request: make(asked, version) })).buffer.toString('hex');
  return [await wire(ofKafkajs), await wire(corrected)];
}

describe('a produce request', () => {
  beforeEach(() => {
    jest.spyOn(Date, 'now').mockReturnValue(1_700_000_000_123);
  });

  afterEach(() => jest.restoreAllMocks());

  it('holds the same bytes as before it was corrected, whatever is sent', async () => {
    const bytes = uint8Array({ maxLength: 80 }).map((data) => Buffer.from(data));
    const text = oneof(string({ unit: 'binary', maxLength: 80 }), constant('half a pair: \ud83d')); // all of Unicode
    const field = oneof(bytes, text);
    const message = record(
      {
        key: option(field),
        value: option(field),
        headers: dictionary(text, oneof(field, array(field, { maxLength: 3 })), { maxKeys: 12 }),
      },
      { requiredKeys: ['value'] },
    );
    const partition = record({ partition: nat(), messages: array(message, { maxLength: 20 }) });
    const topicData = array(record({ topic: text, partitions: array(partition, { maxLength: 3 }) }), { maxLength: 3 });
    await assert(
      asyncProperty(topicData, async (topics) => {
        const [own, ours] = await bothWays(topics);
        expect(ours).toBe(own);
      }),
      { numRuns: 100 },
    );
  });

  it.each([0, 1, 63, 64, 8_191, 8_192, 1_048_575, 1_048_576])('holds the same bytes for fields of %d', async (size) => {
    const text = 'x'.repeat(size);
    const all = { key: text, value: Buffer.alloc(size, 'y'), headers: { [text]: text, b: Buffer.from(text) } };
    for (const message of [{ value: text }, { key: text, value: null }, all]) {
      const [own, ours] = await bothWays(topicsOf(message));
      expect(ours === own).toBe(true); // no difference of megabytes in the log
    }
  });

  it.each([64, 65, 8_193])('holds the same bytes for %d messages', async (count) => {
    const [own, ours] = await bothWays(topicsOf(...Array.from({ length: count }, () => ({ key: 'k', value: null }))));
    expect(ours).toBe(own);
  });

  it.each<[string, Parameters<typeof bothWays>[1]]>([
    ['gzip', { compression: 1 }],
    ['a transaction', { transactionalId: 'tx', producerId: 5 }],
    ['an idempotent producer', { producerId: 5 }],
    ['the oldest version with batches', { version: 3 }],
    ['a version without batches', { version: 2 }],
    ['a client whose id is long', { clientId: 'x'.repeat(300) }],
    ['no answer wanted', { acks: 0 }],
  ])('holds the same bytes with %s', async (_, more) => {
    const [own, ours] = await bothWays(topicsOf({ key: 'k', value: 'v', headers: HEADERS }), more);
    expect(ours).toBe(own);
  });

  it('holds the same bytes where messages have timestamps of their own', async () => {
    const later = { key: 'k', value: 'v', timestamp: '1700000000456' };
    const [own, ours] = await bothWays(topicsOf({ ...later, timestamp: '1700000000001' }, later));
    expect(ours).toBe(own);
  });

  it.each(['{ "a": null }', '{ "a": ["b", null] }'])(
    'refuses headers without a value, as kafkajs does: %s',
    async (headers) => {
      const topics = topicsOf({ value: 'v', headers: JSON.parse(headers) as Record<string, string> }); // against its type
      for (const make of [ofKafkajs, corrected]) {
        const { encode } = make({ acks: -1, timeout: 1, topicData: topics });
        await expect(encode()).rejects.toMatchObject({ name: 'TypeError' });
      }
    },
  );

  it('is found by a broker, and is neither encoded field by field nor copied', async () => {
    const copy = jest.spyOn(Encoder.prototype, 'writeBufferInternal');
    const topicData = topicsOf({ key: 'k', value: 'v', headers: HEADERS });
    const request = corrected({ acks: -1, timeout: 1, topicData });
    await createRequest({ correlationId: 1, clientId: 'order', request });
    expect(copy).not.toHaveBeenCalled();
  });
});
