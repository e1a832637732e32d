export { describeOnNats, NATS_URL, removeTestStreams, testNats, testPrefix } from './test-nats.js';
