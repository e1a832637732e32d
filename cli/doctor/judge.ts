// Pure judgements: from what a service says to what is wrong with it.
import type { ServiceName } from '@waybill/contracts';

import type { LetterGroup, ParkedKey } from '../api/dead-letters.js';
import type { Saga } from '../api/orders.js';
import type { Projection } from '../api/projections.js';
import type { ConsumedTopic, LaneIssue, Orphan, OutboxState } from '../api/service-state.js';
import { amount, counted, duration, secondsSince } from '../output/age.js';
import { isWholeTopic, laneOf } from '../output/lane.js';
import { type Finding, THRESHOLDS } from './finding.js';

const DEGRADED =
  'Repair what they call. Nothing is lost meanwhile: it is tried now and then, and everything continues on its own once it answers.';
const LANE_STILL =
  'Everything behind that record waits. Repair what it waits for (its payload store, its database, the handler); see the log of the service.';

/** Of a service that is ready: a dependency that is down leaves it so, as its other handlers continue. */
export function judgeDegraded(
  service: ServiceName,
  checks: Readonly<Record<string, { readonly ok: boolean; readonly detail?: string | undefined }>>,
): readonly Finding[] {
  return Object.values(checks).flatMap(({ ok, detail = '' }) =>
    ok
      ? detail
          .split('; ')
          .filter((part) => part.startsWith('degraded'))
          .map((what) =>
            what.includes('stands still')
              ? { service, code: 'LANE_STILL', what, todo: LANE_STILL }
              : { service, code: 'DEGRADED', what, todo: DEGRADED },
          )
      : [],
  );
}
export function judgeDeadLetters(
  service: ServiceName,
  groups: readonly LetterGroup[],
  nowMs: number,
): readonly Finding[] {
  const letters = groups.reduce((sum, group) => sum + group.letters, 0);
  if (letters === 0) return [];
  const oldest = Math.max(...groups.map(({ firstAt }) => secondsSince(firstAt, nowMs)));
  const what = `${counted(letters, 'dead letter')} in ${counted(groups.length, 'group')}, the oldest ${duration(oldest)} old`;
  const todo =
    'Orders wait for them. Look at the groups, repair the cause, then replay (first with --dry-run, then with --canary 10).';
  return [{ service, code: 'DEAD_LETTERS', what, todo, command: `dlq groups --service ${service}` }];
}

export function judgeParkedKeys(service: ServiceName, parked: readonly ParkedKey[], nowMs: number): readonly Finding[] {
  const old = parked.filter(({ parkedAt }) => secondsSince(parkedAt, nowMs) >= THRESHOLDS.parkedSeconds);
  if (old.length === 0) return [];
  const longest = Math.max(...old.map(({ parkedAt }) => secondsSince(parkedAt, nowMs)));
  const messages = old.reduce((sum, { messages }) => sum + messages, 0);
  const dead = old.filter(({ head }) => head?.state === 'dead').length;
  const what = `${counted(old.length, 'key')} parked for up to ${duration(longest)}, ${counted(messages, 'message')} in all`;
  const todo =
    dead > 0
      ? `${amount(dead)} of them wait behind a dead letter: they continue once it is replayed or discarded.`
      : 'They wait behind letters that are retried: see what fails, and when the next attempt is.';
  return [{ service, code: 'PARKED_KEYS', what, todo, command: `dlq parked --service ${service}` }];
}

export function judgeRefused(service: ServiceName, { refused }: OutboxState): readonly Finding[] {
  const [first] = refused;
  if (first === undefined) return [];
  const what = `the broker refuses ${counted(refused.length, 'message')} for good, e.g. ${first.type} ${first.id} with key ${first.key ?? 'none'}: ${first.reason}`;
  const todo =
    'Their keys wait. Repair the cause (often the largest message that the topic takes), then retry or discard each.';
  return [{ service, code: 'OUTBOX_REFUSED', what, todo, command: `outbox --service ${service}` }];
}

export function judgeOutbox(service: ServiceName, outbox: OutboxState): readonly Finding[] {
  const { oldestAgeSeconds = 0, unpublished } = outbox;
  if (unpublished === 0 || oldestAgeSeconds < THRESHOLDS.outboxSeconds) return [];
  const stuck = outbox.topics.filter((topic) => (topic.oldestAgeSeconds ?? 0) >= THRESHOLDS.outboxSeconds);
  const what = `${counted(unpublished, 'message')} unpublished, the oldest for ${duration(oldestAgeSeconds)} (${stuck.map(({ topic }) => topic).join(', ')})`;
  const todo =
    'They are safe, and sent once the broker takes them. Check that it is up and the topics exist; a topic in backoff was refused.';
  return [{ service, code: 'OUTBOX_STUCK', what, todo, command: `outbox --service ${service}` }];
}

const LANE_REMEDIES: Readonly<Record<string, string>> = {
  foreign:
    'Nothing is consumed. Restore the backup of its database, or give this installation a BROKER_PREFIX; settling takes the positions over (docs/backup-and-restore.md).',
  skipped:
    'Its database is an older copy, and reads again what it has forgotten. Look at the letters that this makes, then settle it (docs/backup-and-restore.md).',
  unreadable:
    'The lane stands still before them. Ask who publishes there; to make them a dead letter and continue, settle it.',
};

export function judgeLanes(service: ServiceName, issues: readonly LaneIssue[]): readonly Finding[] {
  return issues.map(({ id, kind, first, next, reason, ...lane }) => ({
    service,
    code: 'LANE_ISSUE',
    what: `${kind}: ${laneOf(lane)}${isWholeTopic(lane) ? '' : ` from ${first} to before ${next}`}: ${reason}`,
    todo:
      LANE_REMEDIES[kind] ?? "Find out what was lost, e.g. from the senders' outboxes, make up for it, then settle it.",
    command: `lanes settle ${id} --service ${service} --why …`,
  }));
}

export function judgeTopics(service: ServiceName, topics: readonly ConsumedTopic[]): readonly Finding[] {
  const missing = topics.filter(({ partitions }) => partitions === 0);
  if (missing.length === 0) return [];
  const what = `missing at the broker: ${missing.map(({ topic }) => topic).join(', ')}`;
  const todo =
    'The service creates them again within seconds if it is running and the broker allows it; otherwise its log says why.';
  return [{ service, code: 'TOPIC_MISSING', what, todo, command: `topics --service ${service}` }];
}

export function judgeBrokerDeadLetters(service: ServiceName, topics: readonly ConsumedTopic[]): readonly Finding[] {
  const given = topics.flatMap(({ topic, brokerDeadLetters = [] }) =>
    brokerDeadLetters.filter(({ records }) => records > 0).map((letters) => ({ topic, ...letters })),
  );
  if (given.length === 0) return [];
  const list = given.map(({ topic, queue, records }) => `${counted(records, 'record')} of ${topic} in ${queue}`);
  const todo = 'Nobody handles them. Find out why, repair the cause, and redrive the queue (docs/operations.md).';
  return [{ service, code: 'BROKER_DEAD_LETTERS', what: `the broker itself has given up ${list.join('; ')}`, todo }];
}

export function judgeLag(service: ServiceName, topics: readonly ConsumedTopic[]): readonly Finding[] {
  const late = topics.filter(({ lagSeconds = 0 }) => lagSeconds >= THRESHOLDS.lagSeconds);
  if (late.length === 0) return [];
  const list = late.map(
    ({ topic, lagMessages = 0, lagSeconds = 0 }) =>
      `${topic} ${counted(lagMessages, 'message')}, ${duration(lagSeconds)}`,
  );
  const todo =
    'It consumes too slowly or not at all. If it is ready and the lag grows, start more processes of it (up to the partitions); if not, see its log.';
  return [
    { service, code: 'CONSUMER_LAG', what: `lag: ${list.join('; ')}`, todo, command: `topics --service ${service}` },
  ];
}

export function judgeSagas(service: ServiceName, failed: readonly Saga[], more: boolean): readonly Finding[] {
  if (failed.length === 0) return [];
  const what = `${more ? 'more than ' : ''}${counted(failed.length, 'saga')} in COMPENSATION_FAILED`;
  const todo =
    'An undo did not succeed, e.g. a refund. Repair the cause and retry; skip or force only what was settled by hand.';
  return [{ service, code: 'COMPENSATION_FAILED', what, todo, command: 'sagas --status COMPENSATION_FAILED' }];
}

export function judgeOrphans(service: ServiceName, orphans: readonly Orphan[], more: boolean): readonly Finding[] {
  if (orphans.length === 0) return [];
  const what = `participants answer about ${more ? 'more than ' : ''}${counted(orphans.length, 'order')} that this database does not know`;
  const todo =
    'Was it restored? Their customers may have been charged. Recover them: what had been fulfilled is again, the rest is undone (docs/backup-and-restore.md).';
  return [{ service, code: 'ORPHANED_ORDERS', what, todo, command: 'sagas orphans' }];
}

/** A projection that stands still, was built by older code, or whose rebuild failed. */
export function judgeProjections(service: ServiceName, projections: readonly Projection[]): readonly Finding[] {
  return projections.flatMap(({ name, version, builtVersion, lagEvents, lagSeconds, failing, rebuild }) => {
    const command = `projections rebuild ${name} --why …`;
    const findings: Finding[] = [];
    if (lagSeconds >= THRESHOLDS.projectionSeconds) {
      const why = failing === undefined ? '' : `: ${failing.reason} (${counted(failing.failures, 'attempt')})`;
      const what = `projection ${name} lacks ${counted(lagEvents, 'event')}, the oldest ${duration(lagSeconds)} old${why}`;
      const todo =
        failing === undefined
          ? 'Is a transaction open that has appended events (pg_stat_activity), or is no process of the service the owner? It continues by itself.'
          : 'Repair what its function fails on, and deploy. It is tried again by itself; orders are not held up.';
      findings.push({ service, code: 'PROJECTION_BEHIND', what, todo });
    }
    if (builtVersion < version) {
      const what = `projection ${name} was built by version ${builtVersion}; the service has ${version}`;
      const todo = 'Once no process of the release before runs, rebuild it:';
      findings.push({ service, code: 'PROJECTION_OUTDATED', what, todo, command });
    }
    if (rebuild?.status === 'FAILED') {
      const what = `the last rebuild of projection ${name} failed: ${rebuild.failure ?? 'for no known reason'}`;
      const todo = 'The tables in use are as they were. Repair the cause, and rebuild it again:';
      findings.push({ service, code: 'REBUILD_FAILED', what, todo, command });
    }
    return findings;
  });
}

/** The Date header tells whole seconds, cut off: half a second is added, and the way there and back is forgiven. */
export function judgeClock(
  service: ServiceName,
  { dateMs, sentAtMs, receivedAtMs }: { dateMs: number | undefined; sentAtMs: number; receivedAtMs: number },
): readonly Finding[] {
  if (dateMs === undefined) return [];
  const skewSeconds = (dateMs + 500 - (sentAtMs + receivedAtMs) / 2) / 1000;
  const doubtSeconds = 0.5 + (receivedAtMs - sentAtMs) / 2000;
  if (Math.abs(skewSeconds) - doubtSeconds < THRESHOLDS.clockSkewSeconds) return [];
  const way = skewSeconds > 0 ? 'ahead of' : 'behind';
  const what = `its clock is ${duration(Math.abs(skewSeconds))} ${way} this machine's`;
  const todo =
    'Times on its messages and in its log are off by that; deadlines and leases go by the database. Check time synchronisation (NTP) on both machines.';
  return [{ service, code: 'CLOCK_SKEW', what, todo }];
}

const OLDEST_NODE = [20, 19] as const;
const FIRST_UNKNOWN_NODE = 27;

export function judgeNode(version: string): readonly Finding[] {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
  const tooOld = major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1]);
  if (!tooOld && major < FIRST_UNKNOWN_NODE) return [];
  const what = `this is Node ${version}; Waybill needs ${OLDEST_NODE.join('.')} to ${FIRST_UNKNOWN_NODE - 1}`;
  return [
    {
      code: 'NODE_VERSION',
      what,
      todo: 'Install another version (https://nodejs.org, or "nvm install" in this folder).',
    },
  ];
}
