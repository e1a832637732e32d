import { topics } from '@waybill/contracts';
import type { Infrastructure } from '@waybill/embedded';

import type { AppProcess } from '../app-process.js';
import type { Fault } from './held-faults.js';
import { pauseProcess } from './pause-process.js';

export interface WhatCanBreak {
  readonly apps: readonly AppProcess[];
  readonly infrastructure: Pick<Infrastructure, 'kafkaFaults' | 'takeKafkaAway' | 'takePostgresAway'>;
  /** What stands before the names of topics. */
  readonly topicPrefix: string;
}

const TOPICS = Object.values(topics).map(({ name }) => name);
const EMBEDDED_BROKER = 'Only the embedded broker can do this: start without another broker.';
const EMBEDDED_POSTGRES =
  'Only the PostgreSQL that npm start starts itself can be taken away: start without DATABASE_URL.';
const POSIX = 'Windows can’t pause a process.';

/** All that can be broken of what runs on this machine. */
export function faultsOf({ apps, infrastructure, topicPrefix }: WhatCanBreak): readonly Fault[] {
  const { kafkaFaults: broker, takeKafkaAway, takePostgresAway } = infrastructure;
  const names = apps.map(({ app }) => app.name);
  const appOf = (name: string | undefined): AppProcess => {
    const found = apps.find(({ app }) => app.name === name);
    if (found === undefined) throw new RangeError(`There is no app ${name}`);
    return found;
  };
  const onTopics = (chosen: string | undefined): readonly string[] =>
    TOPICS.filter((topic) => chosen === undefined || chosen === 'all' || chosen === topic).map(
      (topic) => `${topicPrefix}${topic}`,
    );
  const withBroker = broker === undefined ? EMBEDDED_BROKER : undefined;
  return [
    {
      name: 'kill-app',
      choices: { app: names, every: ['10', '5', '20'] },
      begin: ({ app, every }, struck) =>
        repeatedly(every, () => {
          if (appOf(app).signal('SIGKILL')) struck();
        }),
    },
    {
      name: 'pause-app',
      choices: { app: names },
      unavailable: process.platform === 'win32' ? POSIX : undefined,
      begin: ({ app }, struck) => {
        const { pid } = appOf(app);
        if (pid === undefined) throw new RangeError(`${app} isn't running now: try again in a moment`);
        const wake = pauseProcess(pid);
        struck();
        return wake;
      },
    },
    {
      name: 'broker-away',
      choices: {},
      unavailable: takeKafkaAway === undefined ? EMBEDDED_BROKER : undefined,
      begin: async (_, struck) => away(takeKafkaAway, struck),
    },
    {
      name: 'drop-connections',
      choices: { every: ['5', '2', '15'] },
      unavailable: withBroker,
      begin: ({ every }, struck) =>
        repeatedly(every, () => {
          broker?.dropConnections();
          struck();
        }),
    },
    {
      name: 'refuse-topic',
      choices: { topic: TOPICS },
      unavailable: withBroker,
      begin: ({ topic }, onStrike) =>
        together(onTopics(topic).map((each) => broker?.refuseProduces(each, { onStrike }))),
    },
    {
      name: 'deliver-twice',
      choices: { topic: ['all', ...TOPICS] },
      unavailable: withBroker,
      begin: ({ topic }, onStrike) =>
        together(onTopics(topic).map((each) => broker?.writeTwice(each, { times: Infinity, onStrike }))),
    },
    {
      name: 'lose-answers',
      choices: { topic: ['all', ...TOPICS] },
      unavailable: withBroker,
      begin: ({ topic }, onStrike) => {
        // One a second on each topic: a producer that never gets an answer is a broker that is away.
        let endLast = (): void => {};
        const stop = repeatedly('1', () => {
          endLast();
          endLast = together(onTopics(topic).map((each) => broker?.loseAnswers(each, { onStrike })));
        });
        return () => {
          stop();
          endLast();
        };
      },
    },
    {
      name: 'slow-broker',
      choices: { delay: ['500', '100', '2000'] },
      unavailable: withBroker,
      begin: ({ delay }, onStrike) =>
        together(onTopics('all').map((each) => broker?.delayProduces(each, Number(delay), { onStrike }))),
    },
    {
      name: 'database-away',
      choices: {},
      unavailable: takePostgresAway === undefined ? EMBEDDED_POSTGRES : undefined,
      begin: async (_, struck) => away(takePostgresAway, struck),
    },
  ];
}

/** At once, and every so many seconds. */
function repeatedly(seconds: string | undefined, strike: () => void): () => void {
  strike();
  const timer = setInterval(strike, Number(seconds) * 1_000);
  return () => clearInterval(timer);
}

function together(ends: readonly ((() => void) | undefined)[]): () => void {
  return () => ends.forEach((end) => end?.());
}

async function away(
  take: (() => Promise<() => Promise<void>>) | undefined,
  struck: () => void,
): Promise<() => Promise<void>> {
  if (take === undefined) throw new RangeError('It was not started here');
  const bringBack = await take();
  struck();
  return bringBack;
}
