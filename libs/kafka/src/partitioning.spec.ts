import { compatibilityPartitioner } from '@platformatic/kafka';
import { partitionOf } from '@waybill/messaging';
import { assert, property, uint8Array } from 'fast-check';
import { Partitioners } from 'kafkajs';

/** murmur2 of these keys, from the tests of Apache Kafka's own Java client. */
const JAVA: Readonly<Record<string, number>> = {
  '21': -973_932_308,
  foobar: -790_332_482,
  'a-little-bit-long-string': -985_981_536,
  'a-little-bit-longer-string': -1_486_304_829,
  lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8: -58_897_971,
  abc: 479_470_107,
};

it.each(Object.entries(JAVA))('F52: puts %s on the partition where Java puts it', (key, murmur2) => {
  for (const count of [1, 3, 6, 97]) {
    const partition = partitionOf(Buffer.from(key), count);
    expect(partition).toBe((murmur2 & 0x7f_ff_ff_ff) % count);
  }
});

it('F52: puts every key where the clients put it by themselves', () => {
  const ofKafkajs = Partitioners.DefaultPartitioner();
  const partitionMetadata = Array.from({ length: 97 }, (_, partitionId) => ({
    partitionErrorCode: 0,
    partitionId,
    leader: 0,
    replicas: [],
    isr: [],
  }));
  assert(
    property(uint8Array({ maxLength: 40 }), (bytes) => {
      const key = Buffer.from(bytes);
      const partition = partitionOf(key, 97);
      expect(partition).toBe(ofKafkajs({ topic: '', partitionMetadata, message: { key, value: null } }));
      expect(partition).toBe(compatibilityPartitioner({ topic: '', value: key }, key) % 97);
    }),
  );
});
