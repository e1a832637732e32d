import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const RESTART =
  'goes on after a restart of the broker from the acknowledged position, and says meanwhile that it is away';
const PAGE = readFileSync('docs/brokers.md', 'utf8');

describe('the table of brokers and cases', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'waybill-table-'));
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  function run(mode: string, page: string, ...reports: readonly object[]) {
    writeFileSync(join(folder, 'page.md'), page);
    const files = reports.map((report, at) => {
      const path = join(folder, `${at}.json`);
      writeFileSync(path, JSON.stringify(report));
      return path;
    });
    const options = ['scripts/broker-table.mjs', mode, ...files, `--page=${join(folder, 'page.md')}`];
    const { status, stderr, stdout } = spawnSync(process.execPath, options, { encoding: 'utf8' });
    return { status, said: stderr + stdout };
  }

  /** Of a run of all cases in the table, and of more. */
  function report(
    broker: string,
    statuses: Readonly<Record<string, string>> = {},
    otherwise = 'passed',
    more: readonly string[] = [],
  ) {
    const table = PAGE.split(/<!-- contract of brokers: (?:begin|end) -->/)[1] ?? '';
    const inTable = [...table.matchAll(/^\| (.+?) \| (?:yes|not run) \|/gm)].map(([, title]) => String(title));
    const titles = [...inTable, ...more];
    const ancestorTitles = ['somewhere', `${broker} keeps the contract of a broker`];
    const assertionResults = titles.map((title) => ({
      ancestorTitles,
      title: title.startsWith('keeps bytes') ? `F79 ${title}` : title,
      status: statuses[title] ?? otherwise,
    }));
    return { testResults: [{ assertionResults }] };
  }

  it('is complete as it is, and what the runs show', () => {
    expect(run('complete', PAGE)).toMatchObject({ status: 0 });
    expect(run('check', PAGE, report('NATS JetStream'))).toMatchObject({
      status: 0,
      said: expect.stringContaining('not run: in memory, for tests;'),
    });
  });

  it.each([
    ['a case', PAGE.replace(/^\| says whose.*\n/m, ''), 'lacks the case "says whose positions they are"'],
    ['a broker', PAGE.replaceAll(/^(\|.*)\|[^|]*\|$/gm, '$1|'), 'lacks the broker Redis Streams'],
    ['nothing, but has a case too many', PAGE.replace('| says whose', '| never loses anything'), 'has no case "never'],
  ])('is refused where it lacks %s', (_, page, fault) => {
    expect(run('complete', page)).toMatchObject({ status: 1, said: expect.stringContaining(fault) });
  });

  it.each([
    ['failed', report('NATS JetStream', { [RESTART]: 'failed' }), 'says yes, was: NO'],
    ['was skipped', report('NATS JetStream', { [RESTART]: 'pending' }), 'says yes, was: not run'],
    ['is of a broker that it does not know', report('ZeroMQ'), 'doesn’t know ZeroMQ'.replace('’', "'")],
  ])('is refused where it claims what %s', (_, shown, fault) => {
    expect(run('check', PAGE, shown)).toMatchObject({ status: 1, said: expect.stringContaining(fault) });
  });

  it.each(['check', 'write'])('is refused where it would hide a case that was run: %s', (mode) => {
    const shown = report('NATS JetStream', {}, 'passed', ['keeps 3 of 3']);
    const fault = 'NATS JetStream: the table lacks "keeps 3 of 3", which was run';
    expect(run(mode, PAGE, shown)).toMatchObject({ status: 1, said: expect.stringContaining(fault) });
  });

  it('keeps what an earlier run has shown where no server answers in this one', () => {
    const away = report('NATS JetStream', {}, 'pending');
    expect(run('check', PAGE, away)).toMatchObject({ status: 0, said: expect.stringContaining('; NATS JetStream') });
  });

  it('takes what a run shows, and keeps what it leaves out', () => {
    expect(run('write', PAGE, report('NATS JetStream', { [RESTART]: 'pending' }))).toMatchObject({ status: 0 });
    const written = readFileSync(join(folder, 'page.md'), 'utf8');
    const changed = written.split('\n').filter((line, at) => line !== PAGE.split('\n')[at]);
    expect(changed).toEqual([expect.stringMatching(/goes on after a restart .*not run/)]);
  });
});
