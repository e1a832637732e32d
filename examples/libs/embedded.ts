import { startEmbeddedKafka, startInfrastructure } from '@waybill/embedded';

export async function start(): Promise<string> {
  // #region start
  const infrastructure = await startInfrastructure({
    kafka: 'embedded', //   'apache': on the JVM; 'external': kafkaBrokers
    postgres: 'embedded', // 'external': databaseUrl
    dataDir: '.waybill',
    cacheDir: '.waybill/cache',
  });
  const where = `${infrastructure.databaseUrl} ${infrastructure.kafkaBrokers}`; // postgresql://… 127.0.0.1:38219
  await infrastructure.stop(); // Kafka first, then PostgreSQL
  // #endregion
  return where;
}

export async function refuse(): Promise<void> {
  // #region kafka
  const kafka = await startEmbeddedKafka({ storage: { dataDir: '.waybill/kafka' } }); // or storage: 'memory'
  const end = kafka.faults.refuseProduces('payment.events'); // clients connect to kafka.brokers
  end();
  await kafka.stop();
  // #endregion
}
