import type { Broker, BrokerLog, TopicDefaults } from '@waybill/messaging';

import { Aws } from '../aws.js';
import { SqsNames } from '../names.js';
import { sqsBroker } from '../sqs-broker.js';
import type { SqsOptions } from '../sqs-options.js';

const REGION = 'eu-central-1';
/** The emulator takes any key, the client asks for some, and warns at each start that its next versions need Node 22. */
const CLIENT_ENV = {
  AWS_ACCESS_KEY_ID: 'emulator',
  AWS_SECRET_ACCESS_KEY: 'emulator',
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
};
for (const [name, value] of Object.entries(CLIENT_ENV)) process.env[name] ??= value;

const silent: BrokerLog = { error: () => {}, warn: () => {}, debug: () => {} };

export interface TestOptions extends Partial<SqsOptions> {
  readonly topics?: TopicDefaults;
  readonly log?: BrokerLog;
}

/** With times that suit tests. */
export function testBroker(endpoint: string, { topics, log = silent, ...options }: TestOptions = {}): Broker {
  const quick = { waitSeconds: 1, settleMs: 0, sessionTimeoutMs: 2_000 };
  const open = sqsBroker({ region: REGION, endpoint, ...quick, ...options });
  return open({ partitions: 3, ...topics }, log);
}

/** What a program needs to find an emulator: AWS's own variables. */
export function emulatorEnv(url: string): Readonly<Record<string, string>> {
  return { AWS_ENDPOINT_URL: url, AWS_REGION: REGION, ...CLIENT_ENV };
}

/** Everything of one topic, as somebody with the rights would delete it. */
export async function removeTopic(endpoint: string, prefix: string, topic: string): Promise<void> {
  const aws = new Aws({ region: REGION, endpoint });
  const { sqs, sns } = await aws.open();
  const plain = new SqsNames(prefix).card(topic).slice(0, -'.fifo'.length);
  const isOfTopic = (name: string): boolean =>
    name === `${plain}.fifo` || /^-(\d|s\d|net)/.test(name.slice(plain.length));
  const { QueueUrls = [] } = await sqs.listQueues({ QueueNamePrefix: plain, MaxResults: 1_000 });
  const { Topics = [] } = await sns.listTopics({});
  const arns = Topics.flatMap(({ TopicArn = '' }) => {
    const name = TopicArn.slice(TopicArn.lastIndexOf(':') + 1);
    return name.startsWith(plain) && isOfTopic(name) ? [TopicArn] : [];
  });
  for (const QueueUrl of QueueUrls)
    if (isOfTopic(QueueUrl.slice(QueueUrl.lastIndexOf('/') + 1))) await sqs.deleteQueue({ QueueUrl });
  for (const TopicArn of arns) await sns.deleteTopic({ TopicArn });
  await aws.close();
}
