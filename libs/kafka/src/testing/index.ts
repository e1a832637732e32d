export { testKafka } from './test-kafka.js';
export type { TestKafkaOptions } from './test-kafka.js';
