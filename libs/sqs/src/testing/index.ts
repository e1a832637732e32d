export { Emulator } from './emulator.js';
export { emulatorEnv, removeTopic, testBroker } from './test-sqs.js';
