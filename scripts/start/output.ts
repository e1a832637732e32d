const WIDTH = 9;
const colours = process.stdout.isTTY && process.env['NO_COLOR'] === undefined;
const startedAt = performance.now();

/** A line of a process, behind the name of the process. */
export function printLine(text: string, name: string, colour: number): void {
  process.stdout.write(`${paint(`${name.padEnd(WIDTH)} |`, colour)} ${text}\n`);
}

/** One step of starting or stopping, with the seconds since the start. */
export function progress(text: string): void {
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1).padStart(5);
  printLine(`${seconds} s  ${text}`, 'waybill', 1);
}

function paint(text: string, colour: number): string {
  return colours ? `\u001B[${colour}m${text}\u001B[0m` : text;
}
