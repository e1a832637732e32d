import { spawn, spawnSync } from 'node:child_process';

/** Runs a program to its end. @returns its standard output. @throws with its standard error if it fails. */
export function run(file: string, args: readonly string[], input = ''): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args);
    let output = '';
    let errors = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(output);
      else reject(new Error(`${file} ${args.slice(-4).join(' ')} ended with ${code}: ${errors}${output}`));
    });
    child.stdin.end(input);
  });
}

export const isInstalled = (file: string, ...args: readonly string[]): boolean => spawnSync(file, args).status === 0;

/** `describe`, or, with the reason printed, `describe.skip`. */
export function describeIf(isPossible: boolean, reason: string): jest.Describe {
  if (isPossible) return describe;
  process.stderr.write(`Skipped: ${reason}\n`);
  return describe.skip;
}
