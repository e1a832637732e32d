import { setTimeout as sleep } from 'node:timers/promises';

import { isStillRunning, type ProcessIdentity } from './process-identity.js';

/** Stops a server that an earlier, killed run left behind: first by its own signal, after the deadline by force. */
export async function stopLeftover(
  leftover: ProcessIdentity,
  signal: 'SIGINT' | 'SIGTERM',
  deadlineMs: number,
): Promise<void> {
  send(leftover, signal);
  const deadline = Date.now() + deadlineMs;
  while (isStillRunning(leftover)) {
    if (Date.now() > deadline) {
      send(leftover, 'SIGKILL');
    }
    await sleep(25);
  }
}

function send(target: ProcessIdentity, signal: NodeJS.Signals): void {
  try {
    process.kill(target.pid, signal);
  } catch {
    // it ended in between
  }
}
