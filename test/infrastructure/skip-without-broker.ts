import { absence } from '../system/tested-broker.js';

// Specs that are tried on the broker of their project are skipped where none answers, and their titles say why.
const reason = absence();
if (reason !== undefined) {
  const { skip } = describe;
  const skipped = (title: string, tests: () => void): void => skip(`${title} (skipped: ${reason})`, tests);
  process.stderr.write(`Skipped: ${reason}\n`);
  globalThis.describe = Object.assign(skipped, { each: skip.each }) as typeof describe; // what the specs use of it
}
