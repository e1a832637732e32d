import { parseArgs } from 'node:util';

import type { KafkaChoice } from '@waybill/embedded';

import { OTHER_BROKERS, type OtherBroker } from './broker.js';
import { portSetting } from './port-setting.js';
import { StartError } from './start.errors.js';

export interface StartOptions {
  readonly kafka: KafkaChoice;
  readonly kafkaBrokers: string;
  /** Whatever BROKER_URL names; '' = Kafka, by the options above. */
  readonly brokerUrl: string;
  /** One that is looked for on its standard port. */
  readonly otherBroker: OtherBroker | undefined;
  readonly kafkaPort: number | undefined;
  readonly databaseUrl: string;
  readonly postgresPort: number | undefined;
  /** Show all that the apps log, not only warnings and errors. */
  readonly verbose: boolean;
}

const DEFAULT_KAFKA = 'embedded';

/**
 * `npm start -- --kafka apache --verbose`, and the environment. What is given by URL is used instead of being started.
 * @throws StartError BAD_OPTION or BAD_SETTING
 */
export function parseOptions(argv: readonly string[], env: NodeJS.ProcessEnv): StartOptions {
  const { KAFKA_BROKERS: kafkaBrokers = '', BROKER_URL: brokerUrl = '', DATABASE_URL: databaseUrl = '' } = env;
  const { kafka, broker = 'kafka', verbose = false } = parse(argv);
  const asked = kafkaChoice(kafka);
  const otherBroker = OTHER_BROKERS.find((name) => name === broker);
  if (otherBroker === undefined && broker !== 'kafka') {
    const known = ['kafka', ...OTHER_BROKERS].join(', ');
    throw new StartError('BAD_OPTION', `--broker must be one of ${known}, got "${broker}".`);
  }
  const given = [
    ...(asked === undefined ? [] : [`--kafka ${asked}`]),
    ...(otherBroker === undefined ? [] : [`--broker ${otherBroker}`]),
    ...(kafkaBrokers === '' ? [] : [`KAFKA_BROKERS=${kafkaBrokers}`]),
    ...(brokerUrl === '' ? [] : ['BROKER_URL']), // it may hold a password
  ];
  if (given.length > 1) {
    throw new StartError('BAD_OPTION', `${given.join(' and ')} contradict each other: give one of them.`);
  }
  return {
    kafka: kafkaBrokers === '' ? (asked ?? DEFAULT_KAFKA) : 'external',
    kafkaBrokers,
    brokerUrl,
    otherBroker,
    kafkaPort: portSetting(env, 'KAFKA_PORT'),
    databaseUrl,
    postgresPort: portSetting(env, 'POSTGRES_PORT'),
    verbose,
  };
}

function kafkaChoice(kafka: string | undefined): 'apache' | 'embedded' | undefined {
  if (kafka === undefined || kafka === 'apache' || kafka === 'embedded') {
    return kafka;
  }
  throw new StartError('BAD_OPTION', `--kafka must be embedded or apache, got "${kafka}".`);
}

function parse(argv: readonly string[]): {
  readonly kafka?: string | undefined;
  readonly broker?: string | undefined;
  readonly verbose?: boolean | undefined;
} {
  try {
    const options = { kafka: { type: 'string' }, broker: { type: 'string' }, verbose: { type: 'boolean' } } as const;
    return parseArgs({ args: [...argv], options }).values;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StartError(
      'BAD_OPTION',
      `${reason}. Usage: npm start [-- --kafka embedded|apache --broker ${OTHER_BROKERS.join('|')} --verbose]`,
    );
  }
}
