import { HandlerTimedOut } from '../messaging.errors.js';
import type { Runnable } from './handler-waves.js';
import { DEFAULT_STILL_AFTER_MS } from './lanes-still.js';

export const DEFAULT_HANDLER_TIMEOUT_MS = 300_000;

interface Run {
  readonly items: readonly Runnable[];
  readonly startedAtMs: number;
  readonly giveUp: (error: HandlerTimedOut) => void;
}

/**
 * The handlers that are in a transaction at this moment, of the lanes and of held messages. One that never returns would keep every lane of
 * the process still: it is given up after its deadline (F93).
 */
export class RunningHandlers {
  /** The oldest first. */
  readonly #runs = new Set<Run>();
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly timeoutMs: number = DEFAULT_HANDLER_TIMEOUT_MS) {}

  /** @throws HandlerTimedOut, and the part is left to itself; or what the part throws in time. */
  async run<Result>(items: readonly Runnable[], part: () => Promise<Result>): Promise<Result> {
    let run: Run | undefined;
    try {
      return await new Promise<Result>((resolve, reject) => {
        run = { items, startedAtMs: performance.now(), giveUp: reject };
        this.#runs.add(run);
        this.#lookIn(this.timeoutMs);
        part().then(resolve, reject);
      });
    } finally {
      if (run) this.#runs.delete(run);
    }
  }

  /** One sentence for each that has been at it for as long as makes a lane count as still. No reason to turn traffic away: it is given up in time. */
  slow(stillAfterMs: number = DEFAULT_STILL_AFTER_MS): readonly string[] {
    const now = performance.now();
    return [...this.#runs]
      .filter(({ startedAtMs }) => now - startedAtMs >= stillAfterMs)
      .map(({ items, startedAtMs }) => describe(items, now - startedAtMs));
  }

  /** One timer for all: a timer for each call of a handler would cost more than the rest of its call. */
  #lookIn(afterMs: number): void {
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      const now = performance.now();
      for (const run of this.#runs) {
        const leftMs = run.startedAtMs + this.timeoutMs - now;
        if (leftMs > 0) return this.#lookIn(leftMs);
        this.#runs.delete(run);
        run.giveUp(new HandlerTimedOut(nameOf(run.items), this.timeoutMs));
      }
    }, afterMs).unref();
  }
}

function nameOf([first]: readonly Runnable[]): string {
  return first?.handler.definition.name ?? 'A handler';
}

function describe(items: readonly Runnable[], forMs: number): string {
  const [first, ...more] = items;
  const { topic = '', partition = 0, position = '' } = first?.message.record ?? {};
  const others = more.length === 0 ? '' : `, and ${more.length} more messages`;
  const where = `${topic}/${partition} at ${position}, key ${JSON.stringify(first?.message.key ?? null)}${others}`;
  return `${nameOf(items)} has not returned for ${Math.floor(forMs / 1_000)} s: ${where}`;
}
