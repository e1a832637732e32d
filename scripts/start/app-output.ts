import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';

import type { App } from './apps.js';
import { printLine } from './output.js';
import { readableLine } from './readable-line.js';
import type { ServiceLog } from './service-log.js';

/**
 * How long plain text on standard error is held back: it may turn out to be what the app refuses to start for, and several apps may refuse the
 * same. On a busy machine a process takes seconds from its last words to its end. What an app says that ends is printed at once.
 */
const HOLD_MS = 15_000;

export interface AppOutput {
  /** What is held back now, and won't be printed: the message of an app that has ended. */
  takeHeld(): string;
  /** Prints what is held back. */
  flush(): void;
  /** The app is being stopped: what is held back stays so until it has ended. */
  stopping(): void;
}

/** Every line of an app goes to its log; warnings, errors and plain text are shown as well, details where `verbose` asks for them. */
export function forwardOutput(child: ChildProcess, app: App, log: ServiceLog, verbose: boolean): AppOutput {
  const show = (text: string): void => printLine(text, app.name, app.colour);
  let held: string[] = [];
  let holding: NodeJS.Timeout | undefined;
  let stopping = false;
  const take = (): string[] => {
    clearTimeout(holding);
    holding = undefined;
    const lines = held;
    held = [];
    return lines;
  };
  const flush = (): void => take().forEach(show);

  if (child.stdout !== null && child.stderr !== null) {
    createInterface({ input: child.stdout, crlfDelay: Infinity }).on('line', (line) => {
      log.write(line);
      const { text, isDetail } = readableLine(line);
      if (verbose || !isDetail) {
        show(text);
      }
    });
    createInterface({ input: child.stderr, crlfDelay: Infinity }).on('line', (line) => {
      log.write(line);
      held.push(line);
      if (!stopping) holding ??= setTimeout(flush, HOLD_MS);
    });
  }
  return {
    takeHeld: () => take().join('\n'),
    flush,
    stopping() {
      stopping = true;
      clearTimeout(holding);
    },
  };
}
