import type { Broker, BrokerLog, TopicDefaults } from '@waybill/messaging';

import { sqsBroker } from '../sqs-broker.js';
import type { SqsOptions } from '../sqs-options.js';

// The emulator takes any, the client asks for some.
process.env['AWS_ACCESS_KEY_ID'] ??= 'emulator';
process.env['AWS_SECRET_ACCESS_KEY'] ??= 'emulator';

const silent: BrokerLog = { error: () => {}, warn: () => {}, debug: () => {} };

export interface TestOptions extends Partial<SqsOptions> {
  readonly topics?: TopicDefaults;
  readonly log?: BrokerLog;
}

/** With times that suit tests. */
export function testBroker(endpoint: string, { topics, log = silent, ...options }: TestOptions = {}): Broker {
  const quick = { waitSeconds: 1, settleMs: 0, sessionTimeoutMs: 2_000 };
  const open = sqsBroker({ region: 'eu-central-1', endpoint, ...quick, ...options });
  return open({ partitions: 3, ...topics }, log);
}
