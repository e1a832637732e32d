import { setImmediate as turn } from 'node:timers/promises';

import ConsumerGroup from 'kafkajs/src/consumer/consumerGroup.js';
import Runner from 'kafkajs/src/consumer/runner.js';
import { KafkaJSConnectionClosedError } from 'kafkajs/src/errors.js';
import RequestQueue from 'kafkajs/src/network/requestQueue/index.js';

/** While some lanes are paused: they may be resumed at any moment, and are in no fetch before the next one. */
const LONGEST_BESIDE_PAUSED_MS = 100;

/** The protocol's number of a fetch. */
const FETCH = 1;

/** What waits for a group: fetches without an answer, and fetchers whose lanes are all paused. */
interface Waiting {
  readonly fetches: Set<() => void>;
  readonly resumes: Set<() => void>;
  readonly longestMs: number;
}

const waitingOf = new WeakMap<ConsumerGroup, Waiting>();
let patched = false;

/**
 * Lets a consumer of kafkajs poll long while it is idle, at no cost otherwise. By itself a stop waits for the answer to the
 * fetch in flight; a lane that is resumed waits for the answer to a fetch that it isn't in; and where all lanes are paused
 * kafkajs sleeps for as long as a poll may take, however soon they are resumed. Here a stop ends the wait, a resume ends
 * the sleep, and polls are short while anything is paused.
 */
export function endLongPollsEarly(): void {
  if (patched) return;
  patched = true;
  const { fetch, resume } = ConsumerGroup.prototype;
  const { stop } = Runner.prototype;

  ConsumerGroup.prototype.fetch = async function fetchOrEnd(nodeId): Promise<readonly object[]> {
    const waiting = waitingFor(this);
    if (await isEndedATurnLater(waiting.fetches)) return [];
    const assigned = countLanes(this.subscriptionState.assigned());
    const isPaused = (): boolean => assigned !== 0 && countLanes(this.subscriptionState.active()) === 0;
    const isWhole = countLanes(this.subscriptionState.active()) === assigned;
    this.maxWaitTime = isWhole ? waiting.longestMs : Math.min(LONGEST_BESIDE_PAUSED_MS, waiting.longestMs);
    if (isPaused()) {
      const mostMs = this.maxWaitTime;
      this.maxWaitTime = 0; // of its sleep; what else it does at each fetch, seeks among it, is done
      const none = await fetch.call(this, nodeId);
      if (isPaused()) await until(waiting.resumes, mostMs);
      return none;
    }
    return new Promise((resolve, reject) => {
      const end = (): void => resolve([]);
      waiting.fetches.add(end);
      fetch
        .call(this, nodeId)
        .finally(() => waiting.fetches.delete(end))
        .then(resolve, reject);
    });
  };

  ConsumerGroup.prototype.resume = function resumeAndWake(lanes): void {
    resume.call(this, lanes);
    for (const wake of waitingFor(this).resumes) wake();
  };

  Runner.prototype.stop = async function stopAtOnce(): Promise<void> {
    const stopped = stop.call(this); // from here on it begins nothing, and what a fetch brings is dropped
    const { fetches, resumes } = waitingFor(this.consumerGroup);
    for (const end of [...fetches, ...resumes]) end();
    await stopped;
  };

  const { waitForPendingRequests } = RequestQueue.prototype;
  RequestQueue.prototype.waitForPendingRequests = async function waitForOthers(): Promise<void> {
    // Before a connection is closed, by a stop or because the broker has another address now: the next fetch asks again.
    for (const [id, request] of this.inflight) {
      if (request.entry.apiKey !== FETCH) continue;
      this.inflight.delete(id);
      request.rejected(new KafkaJSConnectionClosedError('Closed connection', addressOf(this.broker)));
    }
    await waitForPendingRequests.call(this);
  };
}

function waitingFor(group: ConsumerGroup): Waiting {
  let waiting = waitingOf.get(group);
  if (!waiting) {
    waiting = { fetches: new Set(), resumes: new Set(), longestMs: group.maxWaitTime };
    waitingOf.set(group, waiting);
  }
  return waiting;
}

function addressOf(broker: string): { readonly host: string; readonly port: number } {
  const colon = broker.lastIndexOf(':');
  return { host: broker.slice(0, colon), port: Number(broker.slice(colon + 1)) };
}

function countLanes(topics: readonly { readonly partitions: readonly number[] }[]): number {
  return topics.reduce((sum, { partitions }) => sum + partitions.length, 0);
}

/**
 * What the last fetch brought begins within this turn of the event loop; to encode and send the next one takes several times as long as that.
 * @returns whether the fetch is to end before it has begun.
 */
async function isEndedATurnLater(fetches: Set<() => void>): Promise<boolean> {
  let isEnded = false;
  const end = (): void => void (isEnded = true);
  fetches.add(end);
  await turn();
  fetches.delete(end);
  return isEnded;
}

async function until(signals: Set<() => void>, mostMs: number): Promise<void> {
  await new Promise<void>((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signals.delete(end);
      resolve();
    };
    const timer = setTimeout(end, mostMs);
    signals.add(end);
  });
}
