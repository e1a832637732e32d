import { setTimeout as sleep } from 'node:timers/promises';

import ConsumerGroup from 'kafkajs/src/consumer/consumerGroup.js';

import { tlsRefusal } from '../kafka-errors.js';

/** Before a broker that can't be reached is asked again: who leads its lanes now has been asked by then. */
const AGAIN_MS = 250;
const MOVED = new Set(['NOT_COORDINATOR_FOR_GROUP', 'GROUP_COORDINATOR_NOT_AVAILABLE', 'GROUP_LOAD_IN_PROGRESS']);
const GONE = new Set(['KafkaJSConnectionError', 'KafkaJSConnectionClosedError']);

/** A cluster misses a broker that died after nine seconds; whoever coordinates then gives each member a session's length again. */
const MOST_SESSIONS = 2;

/** Hears of each fetch that has ended. `error`: its broker couldn't be reached. */
export type FetchListener = (nodeId: number, error: Error | undefined) => void;

const listeners = new Map<string, FetchListener>();
const looking = new WeakSet<ConsumerGroup>();
/** By the ids of the members that look. */
const looks = new Map<string, Promise<void>>();
/** What the fetches under way have met, by the brokers' addresses: where kafkajs recovers from an error it doesn't know the node. */
const failures = new WeakMap<ConsumerGroup, Map<string, Error>>();
let patched = false;

/** From now on, for the member of a group. */
export function onFetchEnd(memberId: string, listener: FetchListener): void {
  listeners.set(memberId, listener);
}

export function forgetFetches(memberId: string): void {
  listeners.delete(memberId);
}

/** Ends once a member that looks for its coordinator does so no more: it may open connections until then. */
export function lookOf(memberId: string): Promise<void> | undefined {
  return looks.get(memberId);
}

/**
 * Lets a member of a cluster outlive one broker. By itself kafkajs crashes once it can't reach the group's coordinator or the leader of
 * one lane, and the member that takes its place waits until the group has given up this one. Others know who coordinates and leads
 * instead, and the group still knows its members: they go on with the heartbeats there, without a rebalance. A member whose heartbeats
 * are answered by nobody crashes as before; so does one that knows only one broker, where nobody else could take over, and one
 * whose broker is met and not trusted, which nobody mends by waiting.
 */
export function outliveLostBrokers(): void {
  if (patched) return;
  patched = true;
  const { heartbeat, fetch, recoverFromFetch } = ConsumerGroup.prototype;

  ConsumerGroup.prototype.heartbeat = async function beatOrLook(options): Promise<void> {
    if (looking.has(this) && isHopeful(this)) return;
    try {
      await heartbeat.call(this, options);
    } catch (error) {
      if (!isHopeful(this) || !(isGone(error) || hasMoved(error))) throw error;
      if (!looking.has(this)) startLook(this);
    }
  };

  ConsumerGroup.prototype.fetch = async function fetchAndTell(nodeId): Promise<readonly object[]> {
    if (mayBeForgotten(this)) {
      await sleep(AGAIN_MS);
      return []; // which is followed by a heartbeat
    }
    const met = failures.get(this) ?? new Map<string, Error>();
    failures.set(this, met);
    const address = addressOf(this, nodeId);
    met.delete(address);
    const batches = await fetch.call(this, nodeId);
    listeners.get(this.memberId ?? '')?.(nodeId, met.get(address));
    return mayBeForgotten(this) ? [] : batches; // then it is fetched again: its positions haven't moved
  };

  ConsumerGroup.prototype.recoverFromFetch = async function passOrRecover(error): Promise<void> {
    if (isGone(error)) failures.get(this)?.set(addressIn(error), error);
    if (error.name !== 'KafkaJSConnectionError' || !isGone(error) || !isHopeful(this))
      await recoverFromFetch.call(this, error);
    else await sleep(AGAIN_MS);
  };
}

function startLook(group: ConsumerGroup): void {
  const id = group.memberId ?? '';
  looking.add(group);
  looks.set(
    id,
    lookForCoordinator(group).finally(() => looks.delete(id)),
  );
}

async function lookForCoordinator(group: ConsumerGroup): Promise<void> {
  try {
    const coordinator = await group.cluster.findGroupCoordinator({ groupId: group.groupId });
    group.coordinator = coordinator;
    // It would commit to the one that it got at the join until that is back, however long that takes.
    group.offsetManager.coordinator = coordinator;
  } catch {
    // The next heartbeat fails, too, and looks again.
  }
  looking.delete(group);
}

function isHopeful({ lastRequest, sessionTimeout, cluster }: ConsumerGroup): boolean {
  return cluster.getNodeIds().length > 1 && Date.now() - lastRequest < MOST_SESSIONS * sessionTimeout;
}

/**
 * The coordinator may live, out of this member's reach only, and have given its lanes to others after a session: two would handle the
 * same records. The membership is kept for longer: a coordinator that has just taken over gives a session's length again.
 */
function mayBeForgotten({ lastRequest, sessionTimeout, cluster }: ConsumerGroup): boolean {
  return cluster.getNodeIds().length > 1 && Date.now() - lastRequest >= sessionTimeout;
}

function isGone(error: unknown): boolean {
  return error instanceof Error && GONE.has(error.name) && tlsRefusal(error) === undefined;
}

function hasMoved(error: unknown): boolean {
  return error instanceof Error && 'type' in error && MOVED.has(String(error.type));
}

function addressOf({ cluster }: ConsumerGroup, nodeId: number): string {
  const pool = cluster.brokerPool.brokers[nodeId]?.connectionPool;
  return pool ? `${pool.host}:${pool.port}` : '';
}

/** Of a connection that didn't come about, or was closed. */
function addressIn(error: Error): string {
  if ('broker' in error) return String(error.broker);
  return 'host' in error && 'port' in error ? `${String(error.host)}:${String(error.port)}` : '';
}
