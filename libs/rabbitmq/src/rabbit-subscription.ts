import type {
  BrokerLog,
  Lane,
  LanePosition,
  Subscription,
  SubscriptionListener,
  SubscriptionOptions,
} from '@waybill/messaging';
import { backoffMs } from '@waybill/observability';

import { GroupSession } from './group-session.js';
import type { SessionParts } from './group-session.js';
import { InTurn } from './in-turn.js';
import { toRabbitError } from './rabbit-errors.js';

const REBUILD_BACKOFF = { baseMs: 250, maxMs: 10_000 };
const COMMIT_MS = 500;
/** After a failure a session that has begun proves nothing: whatever ended the last one may come again. */
const PROVEN_MS = 1_000;

/**
 * A consumer that stays: a session that ended is followed by a new one, after a delay that grows until one has lasted for longer than
 * the longest of it.
 */
export class RabbitSubscription implements Subscription {
  #session: GroupSession | undefined;
  #failures = 0;
  #begunAt = 0;
  #healthy = false;
  #closed = false;
  #rebuilding: NodeJS.Timeout | undefined;
  #proving: NodeJS.Timeout | undefined;
  #commitTimer: NodeJS.Timeout | undefined;
  readonly #commits = new InTurn();

  constructor(
    private readonly parts: Omit<SessionParts, 'listener' | 'onBlocked' | 'onEnd' | 'options'>,
    private readonly options: SubscriptionOptions,
    private readonly listener: SubscriptionListener,
    private readonly log: BrokerLog,
  ) {}

  /** Also resolves where the first start fails: the subscription keeps trying, and says so by its health. */
  async start(): Promise<void> {
    const current: GroupSession = new GroupSession({
      ...this.parts,
      options: this.options,
      listener: this.#hear(() => current),
      onBlocked: (reason) => this.#onBlocked(current, reason),
      onEnd: (error) => this.#onEnd(current, error),
    });
    this.#session = current;
    try {
      await current.begin();
    } catch (error) {
      return this.#onEnd(current, toRabbitError(error));
    }
    if (this.#session !== current || this.#closed) return;
    this.#begunAt = performance.now();
    if (this.#failures === 0) this.#onWorking();
    else this.#proving = setTimeout(() => this.#onWorking(), PROVEN_MS);
  }

  pause(lane: Lane): void {
    this.#session?.lane(lane)?.pause();
  }

  resume(lane: Lane): void {
    this.#session?.lane(lane)?.resume();
  }

  /** Everything that a stream holds can be read. */
  skip(): void {}

  async acknowledge(positions: readonly LanePosition[]): Promise<void> {
    for (const position of positions) this.#session?.lane(position)?.onDone(position.next);
    this.#commitSoon();
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    for (const timer of [this.#rebuilding, this.#proving, this.#commitTimer]) clearTimeout(timer);
    await this.#commits.run(async () => {}); // the one under way
    await this.#session?.close();
  }

  /** Nothing counts of a session that has been replaced. */
  #hear(current: () => GroupSession): SubscriptionListener {
    const isHeard = (): boolean => !this.#closed && this.#session === current();
    const { listener } = this;
    return {
      onRecords: (lane, records) => void (isHeard() && listener.onRecords(lane, records)),
      onAssigned: (lanes) => void (isHeard() && listener.onAssigned(lanes)),
      onHealth: () => {},
      onPositionLost: (position, log) => {
        if (!isHeard()) return;
        this.#commitSoon(); // it continues elsewhere, and maybe nothing comes there for long
        listener.onPositionLost?.(position, log);
      },
    };
  }

  #onWorking(): void {
    if (this.#healthy || this.#closed) return;
    this.#healthy = true;
    this.listener.onHealth(true);
  }

  #onBlocked(session: GroupSession, reason: string | undefined): void {
    if (session !== this.#session || this.#closed) return;
    if (reason === undefined) return this.#onWorking();
    this.log.error(`rabbitmq: the broker takes nothing from ${this.options.group} (${reason})`);
    this.#healthy = false;
    this.listener.onHealth(false, new Error(`the broker takes no acknowledgements: ${reason}`));
  }

  #onEnd(session: GroupSession, error: Error): void {
    if (this.#closed || session !== this.#session) return;
    this.#session = undefined;
    this.#healthy = false;
    clearTimeout(this.#proving);
    this.listener.onAssigned([]);
    this.listener.onHealth(false, error);
    if (this.#begunAt > 0 && performance.now() - this.#begunAt > REBUILD_BACKOFF.maxMs) this.#failures = 0;
    this.#begunAt = 0;
    this.#failures += 1;
    const delayMs = Math.round(backoffMs(this.#failures, REBUILD_BACKOFF));
    this.log.error(
      `rabbitmq: the consumer of ${this.options.group} ended (${error.message}); rebuilt in ${delayMs} ms`,
    );
    this.#rebuilding = setTimeout(() => void this.start(), delayMs);
  }

  #commitSoon(): void {
    if (this.#closed) return;
    this.#commitTimer ??= setTimeout(() => {
      this.#commitTimer = undefined;
      void this.#commits.run(() => this.#commit());
    }, COMMIT_MS);
  }

  /** A commit that fails costs redeliveries, which the inbox removes; the next one makes up for it. */
  async #commit(): Promise<void> {
    try {
      await this.#session?.commit();
    } catch (error) {
      this.log.debug(`rabbitmq: positions of ${this.options.group} weren't stored: ${String(error)}`);
      this.#commitSoon();
    }
  }
}
