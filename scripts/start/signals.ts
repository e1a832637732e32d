import { progress } from './output.js';
import type { Shutdown } from './shutdown.js';

/** npm may pass on the very Ctrl-C that the terminal has sent to us as well. */
const ECHO_MS = 1000;

/** Ctrl-C and SIGTERM stop everything in order; whoever insists gets out at once, and guards stop the servers behind us. */
export function onSignals(shutdown: Shutdown): void {
  let firstAt: number | undefined;
  const handle = () => {
    const now = performance.now();
    if (firstAt === undefined) {
      firstAt = now;
      progress('stopping; Ctrl-C again to stop at once');
      void shutdown.stop().finally(() => process.exit());
    } else if (now - firstAt > ECHO_MS) {
      process.exit(130);
    }
  };
  process.on('SIGINT', handle);
  process.on('SIGTERM', handle);
  process.on('SIGHUP', handle);
}
