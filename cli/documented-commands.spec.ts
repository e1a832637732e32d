import { readdirSync, readFileSync } from 'node:fs';

import { runProgram } from './program.js';
import { RecordingTerminal } from './testing/recording-terminal.js';

const PAGES = [
  'README.md',
  'ARCHITECTURE.md',
  ...readdirSync('docs').flatMap((name) => (name.endsWith('.md') ? [`docs/${name}`] : [])),
  ...readdirSync('libs').map((name) => `libs/${name}/README.md`),
];
const CALL = /(?:^|`)(?:npm run (?:--silent )?waybill -- |waybill )([a-z][^`#\n]*)/gm;

/** What stands in the pages as a command line: where, the command with its subcommand, and all words. */
const documented = PAGES.flatMap((page) =>
  [...readFileSync(page, 'utf8').matchAll(CALL)].map(([, line = '']) => [page, line.trim()] as const),
);

async function helpOf(...command: readonly string[]) {
  const terminal = new RecordingTerminal();
  await runProgram({ argv: [...command, '--help'], env: {}, terminal });
  return terminal.out;
}

it('finds the commands of every page', () => {
  expect(documented.length).toBeGreaterThan(50);
});

it.each(documented)('is understood as %s has it: waybill %s', async (_, line) => {
  const words = line.split(/\s+/);
  const names = words.slice(0, words.findIndex((word) => !/^[a-z][a-z-]*$/.test(word)) >>> 0);
  const [group = '', name] = names;
  let [command, help] = [group, await helpOf(group)];
  if (name !== undefined && /^Commands:/m.test(help)) [command, help] = [`${group} ${name}`, await helpOf(group, name)];
  expect(help).toMatch(new RegExp(`^Usage: waybill ${command}(?: |$)`, 'm')); // for an unknown one it is the program's own
  const options = line.match(/(?<= )--[a-z-]+/g) ?? [];
  expect(options.filter((option) => !help.includes(option))).toEqual([]);
});
