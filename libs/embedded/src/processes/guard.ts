import { spawn } from 'node:child_process';
import { Socket } from 'node:net';

export interface Guard {
  /** The child is down, or its parent continues without it: nothing is left to guard. */
  dismiss(): void;
}

// Blocks in `read` until the parent's end of the pipe closes, which the kernel does however the parent died.
const SCRIPT = `read -r _
kill -"$1" "$2" 2>/dev/null
if [ -n "$3" ]; then
  n=0
  while kill -0 "$2" 2>/dev/null && [ "$n" -lt 300 ]; do sleep 0.1; n=$((n+1)); done
  kill -KILL "$2" 2>/dev/null
  rm -rf -- "$3"
  rmdir -- "$(dirname -- "$3")" 2>/dev/null
fi`;

/**
 * Stops a detached child when this process dies without having stopped it, even by kill -9; a shell of 1 MB waits for that.
 * Where there is no POSIX shell (Windows), nothing is guarded and the next start deals with the leftovers.
 * @param removeAfterwards a directory to delete once the child is down, with its parent if that is empty then
 */
export function guardChild(pid: number, signal: 'INT' | 'TERM', removeAfterwards = ''): Guard {
  if (process.platform === 'win32') {
    return { dismiss: () => undefined };
  }
  const shell = spawn('/bin/sh', ['-c', SCRIPT, 'waybill-guard', signal, String(pid), removeAfterwards], {
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  shell.on('error', () => undefined); // without a shell: as on Windows
  shell.unref();
  shell.stdin.on('error', () => undefined);
  if (shell.stdin instanceof Socket) {
    shell.stdin.unref();
  }
  return {
    dismiss() {
      shell.kill('SIGKILL');
    },
  };
}
