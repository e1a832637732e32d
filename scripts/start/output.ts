import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

import { readableLine } from './readable-line.js';

const WIDTH = 9;
const colours = process.stdout.isTTY && process.env['NO_COLOR'] === undefined;
const startedAt = performance.now();

/** Every line of a process goes to our output, behind the name of the process. */
export function printLines(stream: Readable, name: string, colour: number): void {
  const prefix = paint(`${name.padEnd(WIDTH)} |`, colour);
  createInterface({ input: stream, crlfDelay: Infinity }).on('line', (line) => {
    process.stdout.write(`${prefix} ${readableLine(line)}\n`);
  });
}

/** One step of starting or stopping, with the seconds since the start. */
export function progress(text: string): void {
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1).padStart(5);
  process.stdout.write(`${paint(`${'waybill'.padEnd(WIDTH)} |`, 1)} ${seconds} s  ${text}\n`);
}

function paint(text: string, colour: number): string {
  return colours ? `\u001B[${colour}m${text}\u001B[0m` : text;
}
