import { spawn, spawnSync } from 'node:child_process';

export interface RunningCommand {
  /** Its whole standard output, at its end. Rejects with its standard error if it fails. */
  readonly output: Promise<string>;
  /** Resolves when what it has written so far is as expected; rejects if it ends before. */
  untilOutput(isExpected: (output: string) => boolean): Promise<void>;
  outputSoFar(): string;
  /** SIGTERM. Resolves when it has ended, however. */
  end(): Promise<void>;
}

/** Starts a program. */
export function startCommand(file: string, args: readonly string[], input = ''): RunningCommand {
  const child = spawn(file, args);
  let output = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  child.stdin.on('error', () => {}); // It ended without reading all: its exit code says how.
  child.stdin.end(input);
  const ended = new Promise<string>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(output);
      else reject(new Error(`${file} ${args.slice(-4).join(' ')} ended with ${code}: ${errors}${output}`));
    });
  });
  ended.catch(() => {}); // The one that awaits it hears of it.
  return {
    output: ended,
    outputSoFar: () => output,
    end: async () => {
      child.kill('SIGTERM');
      await ended.catch(() => {});
    },
    untilOutput: (isExpected) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (!isExpected(output)) return;
          child.stdout.off('data', look);
          resolve();
        };
        child.stdout.on('data', look);
        look();
        ended.then(() => reject(new Error(`${file} ended without the expected output: ${output}`)), reject);
      }),
  };
}

/** Runs a program to its end. @returns its standard output. @throws with its standard error if it fails. */
export const run = (file: string, args: readonly string[], input = ''): Promise<string> =>
  startCommand(file, args, input).output;

export const isInstalled = (file: string, ...args: readonly string[]): boolean => spawnSync(file, args).status === 0;

/** `describe`, or, with the reason printed, `describe.skip`. */
export function describeIf(isPossible: boolean, reason: string): jest.Describe {
  if (isPossible) return describe;
  process.stderr.write(`Skipped: ${reason}\n`);
  return describe.skip;
}
