export { kafkaBroker } from './kafka-broker.js';
export { kafkaConnection, kafkaFaults, kafkaSettings } from './kafka-settings.js';
