export { testKafka } from './test-kafka.js';
