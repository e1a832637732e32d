import { randomUUID } from 'node:crypto';

import { Logger } from '@nestjs/common';
import type { Database, DedicatedConnection, NotificationListener } from '@waybill/database';
import type { Broker, ClaimCheck } from '@waybill/messaging';
import { within } from '@waybill/observability';
import type { Sweeper } from '@waybill/observability';

import { Notifier } from '../notifier.js';
import type { OutboxSettings, RelaySettings } from '../outbox-options.js';
import type { CommittedRow, CommittedRows } from '../outbox-row.js';
import { readBacklog } from '../sql/backlog.js';
import type { BacklogRow } from '../sql/backlog.js';
import { notify, RELEASED, WAKE_UP_CHANNEL } from '../sql/notify.js';
import { Channels } from './channels.js';
import type { FailingTopic } from './channels.js';
import { Claimer } from './claimer.js';
import { LeaseKeeper } from './lease-keeper.js';
import type { LeasedShard } from './leased-shard.js';
import { Marker } from './marker.js';
import { PayloadUploads } from './payload-uploads.js';
import { SetAside } from './set-aside.js';
import { ShardTable } from './shard-table.js';
import { outboxSweeper } from './sweeper.js';

export interface OutboxState {
  /** Shards that this process holds now. */
  readonly shards: number;
  /** Messages in this process's memory, and marks that wait to be written. */
  readonly queued: number;
  readonly unwrittenMarks: number;
  readonly failing: readonly FailingTopic[];
  /** Of the whole database; `unpublished` is counted up to {@link MOST_COUNTED} per shard. */
  readonly backlog: readonly { readonly topic: string; readonly unpublished: number; readonly oldestMs: number }[];
}

const MOST_COUNTED = 1_000;
const FORGET_MARKS_MS = 2_000;
const PROBE_MS = 2_000;
/** Beside what every session plans by: a bitmap would read a whole backlog before it gives the first row. */
const WORK_SETUP = ['SET enable_bitmapscan = off', 'SET lock_timeout = 2000'];

/**
 * Publishes what the outbox holds, at least once, in order per topic and key. Any number of relays may run on one database:
 * they share its shards by leases. Runs beside the application that writes, or alone.
 */
export class OutboxRelay implements CommittedRows {
  readonly owner = randomUUID();
  readonly #logger = new Logger('OutboxRelay');
  readonly #shards = new ShardTable();
  readonly #claims: DedicatedConnection;
  readonly #marks: DedicatedConnection;
  readonly #housekeeping: DedicatedConnection;
  readonly #marker: Marker;
  readonly #channels: Channels;
  readonly #payloads: PayloadUploads | undefined;
  readonly #keeper: LeaseKeeper;
  readonly #sweeper: Sweeper;
  readonly #notifier: Notifier;
  readonly #listener: NotificationListener;
  readonly #timers: NodeJS.Timeout[] = [];
  #probe: NodeJS.Timeout | undefined;
  #state: 'new' | 'running' | 'stopping' = 'new';

  constructor(
    settings: OutboxSettings,
    private readonly settingsOfRelay: RelaySettings,
    database: Database,
    broker: Pick<Broker, 'createPublisher'>,
    claimCheck?: ClaimCheck,
  ) {
    const relay = settingsOfRelay;
    const shards = this.#shards;
    this.#claims = database.dedicatedConnection({ applicationName: 'outbox-claims', setUp: WORK_SETUP });
    this.#marks = database.dedicatedConnection({ applicationName: 'outbox-marks', setUp: WORK_SETUP });
    this.#housekeeping = database.dedicatedConnection({ applicationName: 'outbox-leases', setUp: WORK_SETUP });
    this.#notifier = new Notifier(database, settings.notifyIntervalMs, this.owner);
    this.#marker = new Marker(this.#marks, this.owner, relay);
    const payloads =
      claimCheck &&
      new PayloadUploads({
        claimCheck,
        keptForEver: settings.keptForEver,
        onStored: () => this.#channels.wake(),
      });
    this.#payloads = payloads;
    this.#channels = new Channels({
      createPublisher: () => broker.createPublisher(),
      claimer: new Claimer(this.#claims, shards, relay, payloads),
      marker: this.#marker,
      shards,
      settings: relay,
      payloads,
      setAside: new SetAside(database, this.owner, ({ id, topic, key, type }, reason, waitingBehind) =>
        this.#logger.error({
          msg: 'The broker refuses a message for good; its key waits until an operator retries or discards it',
          messageId: id,
          topic,
          key: key?.toString() ?? null,
          type,
          reason,
          waitingBehind,
        }),
      ),
      onTopicRefused: ({ topic, error }) =>
        this.#logger.warn({ msg: 'Topic refused; others continue', topic, error: error.message }),
      onTopicRecovered: (topic) => this.#logger.log({ msg: 'Topic accepted again', topic }),
    });
    this.#keeper = new LeaseKeeper({
      connection: this.#housekeeping,
      shards,
      owner: this.owner,
      leaseMs: relay.leaseMs,
      topics: settings.topics ?? [],
      onTaken: () => this.#channels.wake(),
    });
    this.#sweeper = outboxSweeper(this.#housekeeping, relay);
    this.#listener = database.notificationListener({
      channel: WAKE_UP_CHANNEL,
      applicationName: 'outbox-listener',
      onNotification: (origin) => this.#onNotification(origin),
      onListening: () => this.#onListening(),
    });
  }

  start(): void {
    if (this.#state !== 'new') return;
    this.#state = 'running';
    this.#keeper.start();
    this.#channels.start();
    this.#listener.start();
    this.#sweeper.start();
    this.#timers.push(
      setInterval(() => this.#claimAll(), this.settingsOfRelay.pollIntervalMs),
      setInterval(() => this.#forgetMarks(), FORGET_MARKS_MS),
    );
  }

  /** Publishes what is in memory, for a while, leaves the rest to the next owner, gives back the leases. Repeatable. */
  async stop(): Promise<void> {
    if (this.#state !== 'running') return;
    this.#state = 'stopping';
    for (const timer of this.#timers) clearInterval(timer);
    await this.#listener.stop();
    clearTimeout(this.#probe);
    await this.#sweeper.stop();
    await atMost(this.settingsOfRelay.drainMs, this.#channels.drain());
    await atMost(this.settingsOfRelay.drainMs, this.#channels.stop());
    await atMost(this.settingsOfRelay.drainMs, this.#marker.stop());
    await atMost(this.settingsOfRelay.drainMs, this.#keeper.stop());
    this.#notifier.stop();
    await Promise.all([this.#claims, this.#marks, this.#housekeeping].map((connection) => connection.close()));
  }

  shardFor(topic: string, hashed: number): number {
    return this.#shards.near(topic, hashed)?.number ?? hashed;
  }

  /**
   * Rows that this process has just committed. Those of shards it holds go out from memory, unless an earlier row of their
   * key hasn't entered, or memory is full: then the claim brings them, in order.
   */
  accept(rows: readonly CommittedRow[]): void {
    const late = new Set<LeasedShard>();
    let elsewhere = false;
    for (const row of rows) {
      if (row.shard < 0) continue; // waits for an operator
      const shard = this.#shards.find(row.topic, row.shard);
      if (!shard?.isHeld() || this.#state !== 'running' || shard.leaving) {
        if (shard) shard.needsClaim = true;
        else this.#keeper.want(row.topic);
        elsewhere = true;
      } else if (shard.knows(row.seq)) {
        continue; // a claim was faster
      } else if (
        late.has(shard) ||
        !follows(row, shard) ||
        !this.#hasRoom(row) ||
        this.#payloads?.holdsUp(row, shard) === true
      ) {
        late.add(shard);
        shard.needsClaim = true;
      } else {
        this.#channels.of(row.topic).queue.push(row, shard);
      }
    }
    this.#channels.wake();
    if (elsewhere) this.#notifier.wake();
  }

  lookAgain(): void {
    this.#claimAll();
    this.#notifier.wake();
  }

  /** Topics that the broker refuses now, as this process sees them. */
  get failing(): readonly FailingTopic[] {
    return this.#channels.failing;
  }

  /** For readiness, metrics and alerts. Costs the same whatever the backlog. */
  async state(): Promise<OutboxState> {
    const rows = await this.#housekeeping.query<BacklogRow>(readBacklog, [MOST_COUNTED]);
    return {
      shards: this.#shards.all().filter((shard) => shard.isHeld()).length,
      queued: this.#channels.queued,
      unwrittenMarks: this.#marker.pending,
      failing: this.#channels.failing,
      backlog: rows.map(({ topic, unpublished, oldest_ms: oldestMs }) => ({
        topic,
        unpublished,
        oldestMs: oldestMs ?? 0,
      })),
    };
  }

  #hasRoom({ topic, payload }: CommittedRow): boolean {
    const { memoryMessages, memoryBytes } = this.settingsOfRelay;
    return (
      this.#channels.of(topic).isHealthy &&
      !this.#marker.isSaturated &&
      this.#channels.queued < memoryMessages &&
      this.#channels.queuedBytes + payload.length <= memoryBytes
    );
  }

  #claimAll(): void {
    for (const shard of this.#shards.all()) shard.needsClaim = true;
    this.#channels.wake();
  }

  #forgetMarks(): void {
    for (const shard of this.#shards.all()) shard.forgetOldMarks();
  }

  #onNotification(origin: string): void {
    if (origin === `probe ${this.owner}`) clearTimeout(this.#probe);
    if (origin.endsWith(this.owner)) return;
    if (origin.startsWith(RELEASED)) this.#keeper.hurry();
    else this.#claimAll();
  }

  /** Some poolers accept LISTEN and drop every notification. */
  #onListening(): void {
    this.#claimAll();
    clearTimeout(this.#probe);
    this.#probe = setTimeout(() => {
      const pollIntervalMs = this.settingsOfRelay.pollIntervalMs;
      this.#logger.warn({
        msg: 'NOTIFY does not arrive (a pooler?): rows of other processes wait for the poll',
        pollIntervalMs,
      });
    }, PROBE_MS);
    this.#housekeeping.query(notify, [`probe ${this.owner}`]).catch(() => clearTimeout(this.#probe)); // the connection, then
  }
}

function follows({ key, unpublishedBefore }: CommittedRow, shard: LeasedShard): boolean {
  return key === null || unpublishedBefore === undefined || shard.knows(unpublishedBefore);
}

/** What isn't done in time, or fails now, others repeat. */
async function atMost(ms: number, work: Promise<unknown>): Promise<void> {
  await within(ms, work).catch(() => {});
}
