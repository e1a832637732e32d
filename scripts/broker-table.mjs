// Which broker keeps which case of the contract (brokerContract): a table in docs/brokers.md, from the reports of the runs that are made anyway.
//   node scripts/broker-table.mjs                 every case and every broker is in the table (npm run check:docs)
//   node scripts/broker-table.mjs check <report>… and it says what these runs have shown (.ci/run)
//   node scripts/broker-table.mjs write <report>… writes it; brokers that these runs leave out keep what they have
// A report is what Jest writes with --json --outputFile=<report>. A broker without a server to run on is left out of a check, and said to be; a case that
// is skipped of a broker that was run counts as skipped. --page=<file> takes another page.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';

/** Where brokerContract is called, and with which names: the columns, in their order. */
const SPECS = {
  'libs/messaging/src/testing/in-memory-broker.spec.ts': ['in memory, for tests'],
  'libs/kafka/src/kafka-broker.int-spec.ts': ['embedded Kafka', 'Apache Kafka'].flatMap((kafka) =>
    ['kafkajs', 'platformatic'].map((client) => `${kafka}, ${client}`),
  ),
  'libs/rabbitmq/src/rabbit-broker.int-spec.ts': ['RabbitMQ'],
  'libs/nats/src/nats-broker.int-spec.ts': ['NATS JetStream'],
  'libs/sqs/src/sqs-broker.int-spec.ts': ['SNS and SQS, on fauxqs'],
  'examples/redis-broker/src/redis-broker.int-spec.ts': ['Redis Streams, an example'],
};
const CASES = 'libs/messaging/src/testing/broker-contract';
const [BEGIN, END] = ['<!-- contract of brokers: begin -->', '<!-- contract of brokers: end -->'];
const CELLS = { passed: 'yes', failed: 'NO', pending: 'not run' };

const options = process.argv.slice(2);
const page = options.find((each) => each.startsWith('--page='))?.slice('--page='.length) ?? 'docs/brokers.md';
const [mode = 'complete', ...reports] = options.filter((each) => !each.startsWith('--'));

const faults = [];
const brokers = Object.values(SPECS).flat();
const cases = casesOfContract();
for (const path of specsThatCallIt())
  if (!(path in SPECS)) faults.push(`scripts/broker-table.mjs doesn't know ${path}`);

const text = readFileSync(page, 'utf8');
const [start, end] = [text.indexOf(BEGIN) + BEGIN.length, text.indexOf(END)];
const shown = readTable(text.slice(start, end));
const runs = mode === 'complete' ? new Map() : readReports();
if (mode === 'write') {
  writeFileSync(page, `${text.slice(0, start)}\n${makeTable()}\n${text.slice(end)}`);
} else {
  for (const title of cases) if (!shown.has(title)) faults.push(`${page}: the table lacks the case "${title}"`);
  for (const [title, cells] of shown) {
    if (!cases.includes(title)) faults.push(`${page}: the contract has no case "${title}"`);
    for (const broker of brokers) {
      const [says, ran] = [cells.get(broker), runs.get(broker)?.get(title)];
      if (says === undefined) faults.push(`${page}: the table lacks the broker ${broker} in "${title}"`);
      else if (ran !== undefined && says !== ran)
        faults.push(`${page}: ${broker}, "${title}": says ${says}, was: ${ran}`);
      else if (runs.has(broker) && ran === undefined) faults.push(`${broker} was run without "${title}"`);
    }
  }
}
for (const [broker, results] of runs) {
  for (const title of results.keys())
    if (!cases.includes(title)) faults.push(`${broker}: the table lacks "${title}", which was run`);
}
for (const fault of faults) console.error(fault);
if (faults.length > 0) process.exit(1);
const without = mode === 'complete' ? [] : brokers.filter((broker) => !runs.has(broker));
console.log(
  `${page}: ${cases.length} cases of ${brokers.length} brokers${without.length > 0 ? `; not run: ${without.join('; ')}` : ''}`,
);

function casesOfContract() {
  const files = readdirSync(CASES).filter((path) => path.endsWith('-cases.ts') || path.endsWith('-case.ts'));
  const order = ['topic', 'publishing', 'delivery', 'group', 'lag', 'restart'].map((each) =>
    files.find((file) => file.startsWith(each)),
  );
  for (const file of files)
    if (!order.includes(file)) faults.push(`scripts/broker-table.mjs doesn't know ${join(CASES, file)}`);
  return order.flatMap((file) =>
    [...readFileSync(join(CASES, file), 'utf8').matchAll(/^ {2}(?:it|test)\(\s*'([^']+)'/gm)].map(([, title]) =>
      plain(title),
    ),
  );
}

/** Without the number of its failure mode. */
function plain(title) {
  return title.replace(/^F\d+:? /, '');
}

function specsThatCallIt() {
  return ['libs', 'examples', 'test', 'apps']
    .flatMap((root) => readdirSync(root, { recursive: true }).map((path) => join(root, path)))
    .filter((path) => path.endsWith('spec.ts') && /\bbrokerContract\(/.test(readFileSync(path, 'utf8')));
}

function readReports() {
  const found = new Map();
  for (const path of reports.filter((each) => existsSync(each))) {
    for (const { assertionResults } of JSON.parse(readFileSync(path, 'utf8')).testResults) {
      for (const { ancestorTitles, title, status } of assertionResults) {
        const [, broker] = /^(.+) keeps the contract of a broker$/.exec(ancestorTitles.at(-1) ?? '') ?? [];
        if (broker === undefined) continue;
        if (!brokers.includes(broker)) faults.push(`${path}: scripts/broker-table.mjs doesn't know ${broker}`);
        found.set(broker, (found.get(broker) ?? new Map()).set(plain(title), CELLS[status] ?? status));
      }
    }
  }
  for (const [broker, results] of found) {
    if ([...results.values()].every((result) => result === CELLS.pending)) found.delete(broker);
  }
  return found;
}

/** By case, by broker. */
function readTable(table) {
  const [head = [], , ...rows] = table
    .trim()
    .split('\n')
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  return new Map(rows.map(([title, ...cells]) => [title, new Map(cells.map((cell, at) => [head[at + 1], cell]))]));
}

function makeTable() {
  const cell = (title, broker) => runs.get(broker)?.get(title) ?? shown.get(title)?.get(broker) ?? CELLS.pending;
  const lines = [
    ['the broker …', ...brokers],
    ['---', ...brokers.map(() => '---')],
    ...cases.map((title) => [title, ...brokers.map((broker) => cell(title, broker))]),
  ];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
