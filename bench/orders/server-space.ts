import { SERVICE_NAMES, topics } from '@waybill/contracts';
import { NATS_URL, natsAnswers, removeStreams } from '@waybill/nats/testing';
import { rabbitAnswers, rabbitUrl, TestRabbit } from '@waybill/rabbitmq/testing';
import { Emulator, emulatorEnv } from '@waybill/sqs/testing';

export const BENCHED_BROKERS = ['apache', 'embedded', 'rabbitmq', 'nats', 'sqs'] as const;
export type BenchedBroker = (typeof BENCHED_BROKERS)[number];

/** @throws where it is none of them */
export function benchedBroker(name: string): BenchedBroker {
  const known = BENCHED_BROKERS.find((one) => one === name);
  if (known === undefined) throw new Error(`--broker must be one of ${BENCHED_BROKERS.join(', ')}, got "${name}"`);
  return known;
}

/** What a bench has on a server that others use, too, or on an emulator of its own. */
export interface ServerSpace {
  /** Environment of the services. */
  readonly settings: Readonly<Record<string, string>>;
  remove(): Promise<void>;
}

/** @returns `undefined` for Kafka. @throws where no server answers */
export async function openServerSpace(broker: BenchedBroker, prefix: string): Promise<ServerSpace | undefined> {
  if (broker === 'rabbitmq') return onRabbit(prefix);
  if (broker === 'sqs') return onEmulator(prefix);
  return broker === 'nats' ? onNats(prefix) : undefined;
}

function onRabbit(prefix: string): ServerSpace {
  if (!rabbitAnswers()) throw new Error(`No RabbitMQ answers at RABBITMQ_URL (${new URL(rabbitUrl).host})`);
  const rabbit = new TestRabbit(prefix);
  rabbit.adopt({
    topics: [...Object.values(topics).map(({ name }) => name), ...SERVICE_NAMES.map((name) => `${name}.dlq`)],
    groups: SERVICE_NAMES,
  });
  return {
    settings: { KAFKA_BROKERS: '', BROKER_URL: rabbitUrl, BROKER_PREFIX: prefix },
    remove: () => rabbit.remove(),
  };
}

function onNats(prefix: string): ServerSpace {
  if (!natsAnswers()) throw new Error(`No NATS server with JetStream answers at NATS_URL (${new URL(NATS_URL).host})`);
  return {
    settings: { KAFKA_BROKERS: '', BROKER_URL: NATS_URL, BROKER_PREFIX: prefix },
    remove: () => removeStreams([prefix]),
  };
}

async function onEmulator(prefix: string): Promise<ServerSpace> {
  const emulator = await Emulator.start();
  return {
    settings: { KAFKA_BROKERS: '', BROKER_URL: 'sqs://', BROKER_PREFIX: prefix, ...emulatorEnv(emulator.url) },
    remove: () => emulator.kill(),
  };
}
