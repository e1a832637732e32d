import { resolve } from 'node:path';

import { apacheKafkaClasspath } from '../../apache-kafka/jars.js';
import { run } from './command.js';

/** One of Apache Kafka's tools, of `org.apache.kafka.tools` or by its full name, as `kafka-*.sh` starts it: what to hand to `startCommand`. */
export const javaToolCommand = (
  brokers: string,
  tool: string,
  args: readonly string[],
): [file: string, args: readonly string[]] => [
  'java',
  [
    '-Xmx256m',
    '-XX:TieredStopAtLevel=1', // These live for seconds.
    '-cp',
    apacheKafkaClasspath({ cacheDir: resolve('.waybill/cache') }),
    tool.startsWith('kafka.') ? tool : `org.apache.kafka.tools.${tool}`,
    '--bootstrap-server',
    brokers,
    ...args,
  ],
];

/** Runs one to its end. @returns its standard output. */
export const javaTool = (brokers: string, tool: string, args: readonly string[], input = ''): Promise<string> =>
  run(...javaToolCommand(brokers, tool, args), input);
