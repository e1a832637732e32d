export { isNatsInstalled, OwnServer } from './own-server.js';
export {
  describeOnNats,
  NATS_URL,
  natsAnswers,
  removeStreams,
  removeTestStreams,
  testNats,
  testPrefix,
} from './test-nats.js';
