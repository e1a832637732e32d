import { testKafkaBrokers } from '@waybill/embedded/testing';
import { Kafka, logLevel } from 'kafkajs';

import type { RunningSystem } from './running-system.js';

/** As somebody with the rights, and the wrong window, would. */
export async function deleteTopic(
  { topicPrefix }: RunningSystem,
  topic: string,
  brokers: readonly string[] = testKafkaBrokers(),
): Promise<void> {
  const kafka = new Kafka({ clientId: 'somebody', brokers: [...brokers], logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  try {
    await admin.deleteTopics({ topics: [`${topicPrefix}${topic}`] });
  } finally {
    await admin.disconnect();
  }
}
