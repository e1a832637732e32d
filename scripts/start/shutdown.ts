import { progress } from './output.js';

export interface Stoppable {
  readonly name: string;
  stop(): Promise<void>;
}

export interface Shutdown {
  /** Aborted when stopping begins. */
  readonly signal: AbortSignal;
  /** What is added later is stopped earlier. */
  add(part: Stoppable): void;
  /** Stops all parts, one after the other. A second call waits for the first. */
  stop(): Promise<void>;
}

/** The order of stopping is the reverse of the order of starting, also when starting was interrupted half-way. */
export function createShutdown(): Shutdown {
  const parts: Stoppable[] = [];
  const abort = new AbortController();
  let stopped: Promise<void> | undefined;
  const stopAll = async () => {
    abort.abort();
    for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
      progress(`stopping ${part.name}`);
      await part.stop();
    }
  };
  return {
    signal: abort.signal,
    add: (part) => void parts.push(part),
    stop: () => (stopped ??= stopAll()),
  };
}
