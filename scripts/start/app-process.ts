import { type ChildProcess, spawn } from 'node:child_process';

import { restartBackoff } from '@waybill/embedded';

import { type AppOutput, forwardOutput } from './app-output.js';
import type { App } from './apps.js';
import { progress } from './output.js';
import type { ServiceLog } from './service-log.js';

/** EX_CONFIG of sysexits.h, with which `runService` ends: the settings can't be used, and starting again won't change them. */
const CONFIGURATION_REFUSED = 78;

export interface AppProcess {
  readonly app: App;
  /** The process that runs now; undefined between its end and its next start. */
  readonly pid: number | undefined;
  /** Sends a signal to it. @returns whether there was a process to send it to */
  signal(signal: NodeJS.Signals): boolean;
  /** SIGTERM, and after the deadline SIGKILL. Resolves when it is gone; it is not started again. Repeatable. */
  stop(deadlineMs: number): Promise<void>;
}

export interface AppSurroundings {
  readonly env: NodeJS.ProcessEnv;
  readonly log: ServiceLog;
  /** Whether the details of its log are shown, too. */
  readonly verbose: boolean;
  /** The app can't use its configuration, says why, and isn't started again. */
  readonly onRefused: (message: string) => void;
  /** Told of each process that is started for the app. */
  readonly onLaunched?: (child: ChildProcess) => void;
}

/** Runs an app as a process of its own, and starts it again, with backoff, whenever it ends without being asked to. */
export function superviseApp(app: App, surroundings: AppSurroundings): AppProcess {
  const backoff = restartBackoff();
  let current: Running | undefined;
  let restart: NodeJS.Timeout | undefined;
  let stopping = false;

  const start = () => {
    const startedAt = performance.now();
    const run = launch(app, surroundings);
    current = run;
    surroundings.onLaunched?.(run.child);
    void run.ended.then(({ code, how }) => {
      if (current === run) {
        current = undefined;
      }
      if (code === CONFIGURATION_REFUSED) {
        const message = run.output.takeHeld();
        return stopping ? undefined : surroundings.onRefused(message);
      }
      // One that is stopped in the middle of its own refusal has nothing to add to the first.
      if (!(stopping && code === null)) run.output.flush();
      if (!stopping) {
        const delayMs = backoff.next(performance.now() - startedAt);
        progress(`${app.name} ${how}; starting it again in ${delayMs / 1000} s`);
        restart = setTimeout(start, delayMs);
      }
      return undefined;
    });
  };
  start();

  return {
    app,
    get pid() {
      return current?.child.pid;
    },
    signal: (signal) => current?.child.kill(signal) ?? false,
    async stop(deadlineMs) {
      stopping = true;
      clearTimeout(restart);
      if (current !== undefined) {
        current.output.stopping();
        await terminate(current, app.name, deadlineMs);
      }
      surroundings.log.close();
    },
  };
}

interface Running {
  readonly child: ChildProcess;
  readonly output: AppOutput;
  readonly ended: Promise<{ readonly code: number | null; readonly how: string }>;
}

function launch(app: App, { env, log, verbose }: AppSurroundings): Running {
  const preload = new URL('die-with-parent.js', import.meta.url).href;
  const child = spawn(process.execPath, ['--enable-source-maps', '--import', preload, app.entry], {
    detached: true, // Ctrl-C reaches the supervisor alone, which then stops everything in order
    env: { ...env, [app.portSetting]: String(app.port) },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const output = forwardOutput(child, app, log, verbose);
  const ended: Running['ended'] = new Promise((resolve) => {
    child.once('error', (error) => resolve({ code: null, how: `could not be run: ${error.message}` }));
    // Not at 'exit': by then its last words may still be in the pipe.
    child.once('close', (code, signal) =>
      resolve({ code, how: signal === null ? `exited with code ${code ?? '?'}` : `was killed by ${signal}` }),
    );
  });
  return { child, output, ended };
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
