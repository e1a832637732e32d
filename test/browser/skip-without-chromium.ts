import { findChromium } from './chromium.js';

// Specs that need a browser are skipped where there is none, and their titles say why.
if (findChromium() === undefined) {
  const { skip } = describe;
  const reason = 'no chromium on the PATH, and CHROMIUM names none';
  const skipped = (title: string, tests: () => void): void => skip(`${title} (skipped: ${reason})`, tests);
  process.stderr.write(`Skipped: ${reason}\n`);
  globalThis.describe = Object.assign(skipped, { each: skip.each }) as typeof describe; // what the specs use of it
}
