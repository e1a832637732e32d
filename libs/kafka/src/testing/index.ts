export { testedClient, testKafka } from './test-kafka.js';
