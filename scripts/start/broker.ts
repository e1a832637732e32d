import { connect } from 'node:net';

import { StartError } from './start.errors.js';

/** Brokers that `npm start` uses but doesn't start itself. */
const OTHERS = {
  rabbitmq: {
    url: 'amqp://guest:guest@127.0.0.1:5672',
    port: 5672,
    how: 'docker run --rm -p 5672:5672 rabbitmq:4 # the tests ran on 3.10',
  },
  nats: {
    url: 'nats://127.0.0.1:4222',
    port: 4222,
    how: 'docker run --rm -p 4222:4222 nats:2 -js # the tests ran on 2.9',
  },
  sqs: { url: 'sqs://us-east-1', port: 4566, how: 'npx fauxqs@1.9.2' },
} as const;
/**
 * What an emulator on its standard port is found by; it takes any key. That AWS's clients of 2027 need Node 22 concerns nobody who tries an emulator:
 * else each service says it at its start.
 */
const EMULATOR = {
  AWS_ENDPOINT_URL: `http://127.0.0.1:${OTHERS.sqs.port}`,
  AWS_ACCESS_KEY_ID: 'emulator',
  AWS_SECRET_ACCESS_KEY: 'emulator',
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
};

export type OtherBroker = keyof typeof OTHERS;
export const OTHER_BROKERS = Object.keys(OTHERS) as OtherBroker[]; // the keys of a constant

const ANSWER_MS = 2_000;

export interface FoundBroker {
  readonly url: string;
  /** What services need beside the URL. */
  readonly env: Readonly<Record<string, string>>;
}

/** Where the broker is if no URL says so: on its standard port; SNS and SQS where AWS's own variables say. @throws StartError NO_BROKER */
export async function findBroker(name: OtherBroker, env: NodeJS.ProcessEnv): Promise<FoundBroker> {
  const { url, port, how } = OTHERS[name];
  const { AWS_REGION: region = '', AWS_ENDPOINT_URL: endpoint = '' } = env;
  if (name === 'sqs' && region !== '') return { url: `sqs://${region}`, env: {} };
  if (name === 'sqs' && endpoint !== '') return { url, env: {} };
  if (await answers(port)) return { url, env: name === 'sqs' ? EMULATOR : {} };
  if (name === 'sqs') {
    throw new StartError(
      'NO_BROKER',
      `Neither AWS_REGION nor AWS_ENDPOINT_URL says where SNS and SQS are, and nothing answers on port ${port}, where an emulator would. Set them and what you sign in with, or start an emulator in another window (it keeps everything in memory: once it is stopped, npm run reset):\n  ${how}`,
    );
  }
  throw new StartError(
    'NO_BROKER',
    `Nothing answers on port ${port}, where ${name} would be. Name it by BROKER_URL (${url.replace('guest:guest', 'user:password')}), or start one:\n  ${how}`,
  );
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', timeout: ANSWER_MS });
    const end = (isThere: boolean) => {
      socket.destroy();
      resolve(isThere);
    };
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
    socket.once('timeout', () => end(false));
  });
}
