import { startEmbeddedKafka } from '../embedded-kafka.js';

/** Entry point of a broker in a process of its own: `<data directory> <port>`. Prints its address. */
async function main([dataDir = '', port = '0']: readonly string[]): Promise<void> {
  const broker = await startEmbeddedKafka({
    storage: { dataDir },
    port: Number(port),
    autoCreateTopics: false,
    retentionCheckIntervalMs: 200,
  });
  process.once('SIGTERM', () => void broker.stop());
  console.log(broker.brokers);
}

void main(process.argv.slice(2));
