import { type ChildProcess, spawn } from 'node:child_process';

import type { App } from './apps.js';
import { createBackoff } from './backoff.js';
import { printLines, progress } from './output.js';

export interface AppProcess {
  readonly app: App;
  /** SIGTERM, and after the deadline SIGKILL. Resolves when it is gone; it is not started again. Repeatable. */
  stop(deadlineMs: number): Promise<void>;
}

/** Runs an app as a process of its own, and starts it again, with backoff, whenever it ends without being asked to. */
export function superviseApp(app: App, env: NodeJS.ProcessEnv): AppProcess {
  const backoff = createBackoff();
  let current: Running | undefined;
  let restart: NodeJS.Timeout | undefined;
  let stopping = false;

  const start = () => {
    const startedAt = performance.now();
    const run = launch(app, env);
    current = run;
    void run.ended.then((how) => {
      if (current === run) {
        current = undefined;
      }
      if (!stopping) {
        const delayMs = backoff.next(performance.now() - startedAt);
        progress(`${app.name} ${how}; starting it again in ${delayMs / 1000} s`);
        restart = setTimeout(start, delayMs);
      }
      return how;
    });
  };
  start();

  return {
    app,
    async stop(deadlineMs) {
      stopping = true;
      clearTimeout(restart);
      if (current !== undefined) {
        await terminate(current, app.name, deadlineMs);
      }
    },
  };
}

interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<string>;
}

function launch(app: App, env: NodeJS.ProcessEnv): Running {
  const preload = new URL('die-with-parent.js', import.meta.url).href;
  const child = spawn(process.execPath, ['--enable-source-maps', '--import', preload, app.entry], {
    detached: true, // Ctrl-C reaches the supervisor alone, which then stops everything in order
    env: { ...env, [app.portSetting]: String(app.port) },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  if (child.stdout !== null && child.stderr !== null) {
    printLines(child.stdout, app.name, app.colour);
    printLines(child.stderr, app.name, app.colour);
  }
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(`could not be run: ${error.message}`));
    child.once('exit', (code, signal) =>
      resolve(signal === null ? `exited with code ${code ?? '?'}` : `was killed by ${signal}`),
    );
  });
  return { child, ended };
}

async function terminate({ child, ended }: Running, name: string, deadlineMs: number): Promise<void> {
  child.kill('SIGTERM');
  const killer = setTimeout(() => {
    progress(`${name} did not stop within ${deadlineMs / 1000} s; killing it`);
    child.kill('SIGKILL');
  }, deadlineMs);
  await ended;
  clearTimeout(killer);
}
