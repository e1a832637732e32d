// Writes down what the services answer over HTTP and what they send and receive (docs/api), or fails where that isn't what the code gives.
//   node scripts/api.mjs check  part of CI; needs the build
//   node scripts/api.mjs write
// --folder FOLDER compares with, and writes to, another folder.
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs, promisify } from 'node:util';

import { SERVICE_NAMES } from '../dist/libs/contracts/src/services.js';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { folder: { type: 'string', default: 'docs/api' } },
});
const [command = 'check'] = positionals;

const described = await Promise.all(SERVICE_NAMES.map(async (name) => [name, await describe(name)]));
const files = [
  ...described.map(([name, { openapi }]) => [`${name}.openapi.json`, openapi]),
  ['asyncapi.json', systemOf(described.map(([, { asyncapi }]) => asyncapi))],
].map(([file, document]) => [join(values.folder, file), `${JSON.stringify(document, null, 2)}\n`]);
const stale = files.filter(([path, text]) => readOrNothing(path) !== text);

if (command === 'write') {
  mkdirSync(values.folder, { recursive: true });
  for (const [path, text] of stale) {
    writeFileSync(path, text);
    console.log(`written: ${path}`);
  }
} else {
  for (const [path] of stale) console.error(`${path} isn't what the code gives: npm run api:write`);
  if (stale.length > 0) process.exit(1);
  console.log(`api: ${files.length} documents, all as the code gives them`);
}

async function describe(service) {
  const args = [`dist/apps/${service}/src/main.js`, 'describe'];
  const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 1e8 });
  return JSON.parse(stdout);
}

/** The messages of all services in one document: each operation names its service. */
function systemOf(documents) {
  const [{ info, ...first }] = documents;
  const together = (part) => Object.assign({}, ...documents.map(part));
  const [, ...about] = info.description.split('\n');
  const channels = {};
  for (const [id, channel] of documents.flatMap((each) => Object.entries(each.channels))) {
    channels[id] = { ...channel, messages: { ...channels[id]?.messages, ...channel.messages } };
  }
  return {
    ...first,
    info: {
      title: 'Waybill',
      version: info.version,
      description: ['What all services send and receive. Each serves its own part at /asyncapi.json.', ...about].join(
        '\n',
      ),
    },
    channels,
    operations: together(({ operations }) => operations),
    components: { ...first.components, messages: together(({ components }) => components.messages) },
  };
}

function readOrNothing(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
