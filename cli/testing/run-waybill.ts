import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningWaybill {
  readonly ended: Promise<Ended>;
  /** Resolves once it has written that, on stdout or stderr; or has ended. */
  said(text: string): Promise<void>;
  /** Sends Ctrl-C, and resolves once the command has heard it. */
  interrupt(): Promise<void>;
}

const BUILT = resolve('dist/cli/main.js');

/** The built command as a process of its own, not on a terminal. `npm test` builds it first. */
export function startWaybill(args: readonly string[], env: NodeJS.ProcessEnv = {}, input = ''): RunningWaybill {
  if (!existsSync(BUILT)) throw new Error(`${BUILT} is missing: run "npm run build"`);
  const { PATH } = process.env;
  const child = spawn(process.execPath, [BUILT, ...args], { env: { PATH, USER: 'ada', ...env } });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  child.stdin.on('error', () => undefined); // it may end without having read
  child.stdin.end(input);
  const ended = new Promise<Ended>((resolve) => child.once('close', (code) => resolve({ code, stdout, stderr })));
  return {
    ended,
    said: (text) =>
      new Promise<void>((resolve) => {
        const look = (): void => void ((stdout + stderr).includes(text) && resolve());
        child.stdout.on('data', look);
        child.stderr.on('data', look);
        void ended.then(() => resolve());
        look();
      }),
    interrupt: async () => {
      const heard = new Promise<void>((resolve) => child.stderr.once('data', () => resolve()));
      child.kill('SIGINT');
      await Promise.race([heard, ended]);
    },
  };
}
