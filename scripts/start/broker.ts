import { connect } from 'node:net';

import { StartError } from './start.errors.js';

/** Brokers that `npm start` uses but doesn't start itself. */
const OTHERS = {
  rabbitmq: {
    url: 'amqp://guest:guest@127.0.0.1:5672',
    port: 5672,
    how: 'docker run --rm -p 5672:5672 rabbitmq:4',
  },
  nats: { url: 'nats://127.0.0.1:4222', port: 4222, how: 'docker run --rm -p 4222:4222 nats:2 -js' },
} as const;

export type OtherBroker = keyof typeof OTHERS;
export const OTHER_BROKERS = Object.keys(OTHERS) as OtherBroker[]; // the keys of a constant

const ANSWER_MS = 2_000;

/** Where the broker is if no URL says so: on its standard port. @throws StartError NO_BROKER */
export async function findBroker(name: OtherBroker): Promise<string> {
  const { url, port, how } = OTHERS[name];
  if (await answers(port)) return url;
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
