import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';

import { SERVICE_NAMES } from '@waybill/contracts';

import type { RunningSystem } from './running-system.js';

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a page's commands as they are written there, so that the page can't say what doesn't work. */
export class DocumentedCommands {
  readonly #lines: ReadonlySet<string>;

  constructor(
    page: string,
    private readonly system: RunningSystem,
  ) {
    this.#lines = new Set(readFileSync(page, 'utf8').split('\n'));
  }

  /**
   * @param command a line of the page
   * @param values what stands for its placeholders, such as `<id>`
   * @param more options beside the page's, such as a shorter wait
   * @throws where the page doesn't have the command
   */
  run(command: string, values: Readonly<Record<string, string>> = {}, more: readonly string[] = []): Promise<Ran> {
    const written = [...this.#lines].find((line) => line.split(/\s+#/)[0]?.trim() === command);
    if (written === undefined) throw new Error(`The page has no command "${command}"`);
    const filled = Object.entries(values).reduce((text, [name, value]) => text.replaceAll(name, value), command);
    const [asked = ''] = filled.split(' > '); // its output is in the answer
    const words = asked.match(/"[^"]*"|\S+/g) ?? [];
    return this.#waybill([...words.slice(1).map((word) => word.replaceAll('"', '')), ...more]);
  }

  #waybill(args: readonly string[]): Promise<Ran> {
    const urls = SERVICE_NAMES.map((name) => [`${name.toUpperCase()}_URL`, this.system.services[name].url]);
    const env = { PATH: process.env['PATH'], USER: 'ada', ...Object.fromEntries(urls) };
    return new Promise((resolve) => {
      execFile(process.execPath, ['dist/cli/main.js', ...args], { env }, (error, stdout, stderr) =>
        resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
      );
    });
  }
}
