import { readFileSync } from 'node:fs';

export type EndSignal = 'SIGHUP' | 'SIGINT' | 'SIGTERM';

/** A poll, as no system tells a process of its parent's end: one wake-up a second. */
const POLL_MS = 1000;

/**
 * Calls back for each signal that asks this process to end, and once when what started it has ended: npm or a shell that is killed
 * may pass nothing on. The parent isn't watched where this process was put in a session of its own (setsid, a service manager).
 * @param told may be called several times
 */
export function whenToldToEnd(told: (why: EndSignal | 'ORPHANED') => void): void {
  for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => told(signal));
  }
  const parent = process.ppid;
  if (isSessionLeader()) {
    return;
  }
  const poll = setInterval(() => {
    if (process.ppid !== parent) {
      clearInterval(poll);
      told('ORPHANED');
    }
  }, POLL_MS);
  poll.unref();
}

/**
 * Without this, writing to a pipe whose reader has gone (`npm start | head`), or to a terminal that was closed, ends the process.
 * It falls silent instead, and keeps running.
 */
export function outliveOutput(): void {
  process.stdout.on('error', () => undefined);
  process.stderr.on('error', () => undefined);
}

/** Linux only; elsewhere a session of one's own is rare, and counts as none. */
function isSessionLeader(): boolean {
  try {
    const stat = readFileSync('/proc/self/stat', 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[3] === String(process.pid);
  } catch {
    return false;
  }
}
