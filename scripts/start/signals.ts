import { outliveOutput, whenToldToEnd } from '@waybill/embedded';

import { progress } from './output.js';
import type { Shutdown } from './shutdown.js';

/** npm may pass on the very Ctrl-C that the terminal has sent to us as well. */
const ECHO_MS = 1000;

/**
 * Ctrl-C, SIGTERM, SIGHUP and the end of what started us stop everything in order; a second signal ends us at once, and guards stop
 * the servers behind us. A reader of our output that goes away ends nothing.
 */
export function onSignals(shutdown: Shutdown): void {
  outliveOutput();
  let firstAt: number | undefined;
  whenToldToEnd((why) => {
    const now = performance.now();
    if (firstAt === undefined) {
      firstAt = now;
      progress(why === 'ORPHANED' ? 'what started this has ended; stopping' : 'stopping; Ctrl-C again to stop at once');
      void shutdown.stop().finally(() => process.exit());
    } else if (why !== 'ORPHANED' && now - firstAt > ECHO_MS) {
      process.exit(130);
    }
  });
}
