import { parseArgs } from 'node:util';

import type { KafkaChoice } from '@waybill/embedded';

import { portSetting } from './port-setting.js';
import { StartError } from './start.errors.js';

export interface StartOptions {
  readonly kafka: KafkaChoice;
  readonly kafkaBrokers: string;
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
  const { KAFKA_BROKERS: kafkaBrokers = '', DATABASE_URL: databaseUrl = '' } = env;
  const { kafka, verbose = false } = parse(argv);
  const asked = kafkaChoice(kafka);
  if (asked !== undefined && kafkaBrokers !== '') {
    throw new StartError('BAD_OPTION', `--kafka ${asked} contradicts KAFKA_BROKERS=${kafkaBrokers}: give one of them.`);
  }
  return {
    kafka: kafkaBrokers === '' ? (asked ?? DEFAULT_KAFKA) : 'external',
    kafkaBrokers,
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
  readonly verbose?: boolean | undefined;
} {
  try {
    return parseArgs({ args: [...argv], options: { kafka: { type: 'string' }, verbose: { type: 'boolean' } } }).values;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StartError('BAD_OPTION', `${reason}. Usage: npm start [-- --kafka embedded|apache --verbose]`);
  }
}
