export type { KafkaOptions } from './create-kafka-client.js';
export { kafkaBroker } from './kafka-broker.js';
