import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, statSync, truncateSync } from 'node:fs';

import { EmbeddedInfrastructureError } from '../embedded.errors.js';
import { chosenEnvironment } from './chosen-environment.js';
import { guardChild } from './guard.js';

export interface SupervisedProcessOptions {
  readonly name: string;
  readonly file: string;
  readonly args: readonly string[];
  /** @default chosenEnvironment() */
  readonly env?: NodeJS.ProcessEnv;
  readonly uid?: number;
  readonly gid?: number;
  /** Its output is appended here. */
  readonly logFile: string;
  readonly stopSignal: 'SIGINT' | 'SIGTERM';
  /** Deleted if this process dies without having stopped the child. */
  readonly removeIfOrphaned?: string;
}

export interface SupervisedProcess {
  readonly pid: number;
  /** Resolves when it has ended, to a description of how. */
  readonly exited: Promise<string>;
  hasExited(): boolean;
  /** Asks it to stop, and after the deadline (in ms) kills it. Resolves when it is gone. Repeatable. */
  stop(deadlineMs: number): Promise<void>;
}

const MAX_LOG_BYTES = 10 * 1024 * 1024;

/**
 * Starts a server in a process group of its own, so that Ctrl-C in the terminal reaches only us and we choose the order of stopping;
 * if we are killed, it is stopped all the same. It does not keep this process alive.
 */
export async function startSupervised(options: SupervisedProcessOptions): Promise<SupervisedProcess> {
  const log = openLog(options.logFile);
  const child = spawn(options.file, options.args, {
    cwd: '/',
    detached: true,
    env: options.env ?? chosenEnvironment(),
    stdio: ['ignore', log, log],
    windowsHide: true,
    ...(options.uid === undefined ? {} : { uid: options.uid, gid: options.gid ?? options.uid }),
  });
  closeSync(log);
  const pid = await new Promise<number>((resolve, reject) => {
    child.once('spawn', () => resolve(child.pid ?? 0));
    child.once('error', (cause) =>
      reject(
        new EmbeddedInfrastructureError('START_FAILED', `${options.name} could not be run: ${cause.message}`, {
          cause,
        }),
      ),
    );
  });
  const guard = guardChild(pid, options.stopSignal === 'SIGINT' ? 'INT' : 'TERM', options.removeIfOrphaned);
  let ended = false;
  const exited = new Promise<string>((resolve) => {
    child.once('exit', (code, signal) => {
      ended = true;
      guard.dismiss();
      resolve(signal === null ? `exited with code ${code ?? '?'}` : `was killed by ${signal}`);
    });
  });
  child.unref();
  return {
    pid,
    exited,
    hasExited: () => ended,
    async stop(deadlineMs) {
      if (ended) {
        return;
      }
      child.ref();
      child.kill(options.stopSignal);
      const killer = setTimeout(() => child.kill('SIGKILL'), deadlineMs);
      await exited;
      clearTimeout(killer);
    },
  };
}

/** The end of a log, for an error message. */
export function logTail(logFile: string, lines = 12): string {
  try {
    return readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
  } catch {
    return '(no log)';
  }
}

function openLog(logFile: string): number {
  try {
    if (statSync(logFile).size > MAX_LOG_BYTES) {
      truncateSync(logFile);
    }
  } catch {
    // the first start
  }
  return openSync(logFile, 'a');
}
