import { spawn } from 'node:child_process';

// Blocks in `read` until our end of the pipe closes, which the kernel does however we end: nothing else would wake a process that we left stopped.
const SCRIPT = 'read -r _; kill -CONT "$1"';

/** Stops a process where it is, as a long pause of the machine would. @returns wakes it; also done if this process dies. Repeatable. */
export function pauseProcess(pid: number): () => void {
  const guard = spawn('/bin/sh', ['-c', SCRIPT, 'waybill-pause', String(pid)], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  guard.on('error', () => send(pid, 'SIGCONT')); // without a shell nothing would guard it
  guard.stdin.on('error', () => undefined);
  guard.unref();
  send(pid, 'SIGSTOP');
  return () => {
    guard.stdin.end();
    send(pid, 'SIGCONT');
  };
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // it has ended meanwhile
  }
}
