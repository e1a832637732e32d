import { setTimeout as sleep } from 'node:timers/promises';

import { kGetApi } from '@platformatic/kafka';
import type { Consumer } from '@platformatic/kafka';

import { answerPlatformatic } from '../testing/answer-platformatic.js';
import { FetchSession } from './fetch-session.js';

const [ONE, TWO] = [1, 2];
/** More tries than one broker gets. */
const TRIES = 12;
const SESSION_MS = 50;

describe('a session of fetches from two brokers', () => {
  let gone: Set<number>;
  let tries: number;
  let crash: Error | undefined;
  /** The last that was told of the brokers. */
  let told: Error | 'progress' | undefined;
  let session: FetchSession;

  beforeEach(() => {
    [gone, tries, crash, told] = [new Set([ONE]), 0, undefined, undefined];
    jest.spyOn(globalThis, 'setTimeout').mockImplementation(((run: () => void) => setImmediate(run)) as never);
    const isGone = (port: number): boolean => {
      if (port === ONE) tries += 1;
      return gone.has(port);
    };
    answerPlatformatic({ 'key 1': () => sleep(1, { errorCode: 0, partitions: [] }) }, isGone);
    const connection = { brokers: ['127.0.0.1:3'], clientId: 'test' };
    const partitions = [0, 1].map((partition) => ({ topic: 't', partition }));
    session = new FetchSession(
      consumer,
      partitions,
      { connection, maxWaitMs: 0, sessionTimeoutMs: SESSION_MS },
      listener,
    );
  });

  afterEach(async () => {
    await session.close();
    jest.restoreAllMocks();
  });

  async function until(condition: () => boolean): Promise<void> {
    while (!condition()) await sleep(1);
  }

  it('goes on where one of them is gone, until that is back or another one leads (F89)', async () => {
    session.start();
    await until(() => tries > TRIES || crash !== undefined);
    expect(crash).toBeUndefined();
    gone.clear();
    const before = tries;
    await until(() => tries > before + 1 || crash !== undefined);
    expect(crash).toBeUndefined();
  });

  it('says so where one of them stays away, without an end', async () => {
    session.start();
    await until(() => told === 'progress');
    await until(() => told !== 'progress');
    expect(told).toMatchObject({ isConnectionProblem: true });
    const before = tries;
    await until(() => tries > before + 1);
    expect(told).not.toBe('progress'); // the other one has answered meanwhile
    gone.clear();
    await until(() => told === 'progress');
    expect(crash).toBeUndefined();
  });

  it('ends where both are gone', async () => {
    gone.add(TWO);
    session.start();
    await until(() => crash !== undefined);
    expect(crash).toMatchObject({ isConnectionProblem: true });
    expect(tries).toBeLessThan(TRIES);
  });

  const listener = {
    onAssigned: () => {},
    onFetched: () => {},
    onPositionLost: () => {},
    onProgress: () => void (told = 'progress'),
    onUnreachable: (error: Error) => void (told = error),
    onCrash: (error: Error) => void (crash = error),
  };

  const brokers = new Map([ONE, TWO].map((port) => [port, { host: '127.0.0.1', port }]));
  const topics = new Map([['t', { id: 't', partitions: [{ leader: ONE }, { leader: TWO }] }]]);
  // What a session asks of the client.
  const consumer = {
    [kGetApi]: (_: string, answer: (error: null, api: object) => void) => answer(null, { version: 17 }),
    metadata: async () => ({ brokers, topics }),
    listCommittedOffsets: async () => new Map([['t', [5n, 5n]]]),
  } as unknown as Consumer;
});
