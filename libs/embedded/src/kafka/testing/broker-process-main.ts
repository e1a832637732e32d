import { startEmbeddedKafka } from '../embedded-kafka.js';

/** Entry point of a broker in a process of its own: `<data directory> <port>`. Prints its address. */
const [dataDir = '', port = '0'] = process.argv.slice(2);
void startEmbeddedKafka({
  storage: { dataDir },
  port: Number(port),
  autoCreateTopics: false,
  retentionCheckIntervalMs: 200,
}).then((broker) => {
  process.once('SIGTERM', () => void broker.stop());
  console.log(broker.brokers);
});
