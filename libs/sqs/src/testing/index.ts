export { Emulator } from './emulator.js';
export { testBroker } from './test-sqs.js';
