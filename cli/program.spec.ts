import { readFileSync } from 'node:fs';

import { runProgram } from './program.js';
import { ContractServer } from './testing/contract-server.js';
import { RecordingTerminal } from './testing/recording-terminal.js';

let payment: ContractServer;

beforeEach(async () => {
  payment = await ContractServer.start();
});

afterEach(() => payment.stop());

async function waybill(argv: readonly string[], terminal = new RecordingTerminal(), more = {}) {
  const env = { USER: 'ada', ORDER_URL: payment.url, PAYMENT_URL: payment.url, INVENTORY_URL: payment.url, ...more };
  const code = await runProgram({ argv, env: { ...env, SHIPPING_URL: payment.url }, terminal });
  const { out, err, questions } = terminal;
  return { code, out, err, questions };
}

describe('a command line that is not understood', () => {
  it.each([
    ['dlq lsit', 'Did you mean list?'],
    ['dlq list --sinse 2h', 'Did you mean --since?'],
    ['dlq list --since soon', '--since is "soon"'],
    ['dlq list --since 1h --until 2h', 'is not before --until'],
    ['dlq list --state gone', 'Allowed choices are dead, retrying'],
    ['dlq list --limit none', '--limit must be a whole number, 1 or more, got "none"'],
    ['dlq replay --rate 0 --why x', '--rate must be letters per second, 0.01 to 100000, got "0"'],
    ['dlq replay --canary few --why x', '--canary must be a whole number, 1 or more, got "few"'],
    ['dlq replay --abort-on-failures 101 --why x', '--abort-on-failures must be a percentage from 0 to 100, got "101"'],
    ['dlq replay --state parked --why x', "unknown option '--state'"],
    ['dlq replay', '--why'],
    ['dlq replay --id 1 --why x', 'of which service'],
    ['dlq replay --run x --why x', 'not the id of a run'],
    ['dlq discard --why x', 'Give a filter'],
    ['dlq discard --id 1 --why x', 'of which service'],
    ['dlq show', "missing required argument 'id'"],
    ['dlq show 1 --reveal -s payment', '--why'],
    ['dlq edit 1 --why x -s payment', '--payload'],
    ['sagas retri x', 'unknown command "sagas retri"; there are list, show, orphans, recover, retry, skip, force.'],
    ['sagas retry x', '--why'],
    ['sagas -s payment', 'Only the order service'],
    ['topics -s paymnt', 'There is no service "paymnt"'],
    ['topics --url order=ftp://x', 'not an http or https URL'],
    ['topics --url order', 'write it as service=url'],
    ['incidents --since soon', '--since is "soon"'],
    ['incidents --severity low', 'Allowed choices are warning, critical'],
    ['audit --limit none', '--limit must be a whole number, 1 or more, got "none"'],
    ['dlq', 'Usage'],
    ['frobnicate', 'unknown command'],
    ['docter', 'Did you mean doctor?'],
  ])('ends with 2 and sends nothing: %s', async (line, message) => {
    const { code, out, err } = await waybill(line.split(' '));
    expect(err).toContain(message);
    expect({ code, out, calls: payment.calls }).toEqual({ code: 2, out: '', calls: [] });
  });
});

describe('help', () => {
  it.each([
    'dlq list',
    'dlq groups',
    'dlq count',
    'dlq show',
    'dlq replay',
    'dlq discard',
    'dlq edit',
    'dlq runs',
    'dlq parked',
    'sagas',
    'sagas retry',
    'sagas skip',
    'sagas force',
    'lanes',
    'lanes settle',
    'customers erase',
    'customers erasures',
    'customers erased-orders',
    'outbox',
    'topics',
    'doctor',
    'incidents',
    'audit',
  ])('has examples and the options of every command: %s', async (command) => {
    const { code, out } = await waybill([...command.split(' '), '--help']);
    expect(code).toBe(0);
    expect(out).toMatch(new RegExp(String.raw`\nExamples:\n  waybill ${command}`));
    expect(out).toContain('--service <name>');
  });

  it('of replay names its defaults', async () => {
    const { out } = await waybill(['dlq', 'replay', '--help']);
    expect(out).toContain('(default: 10 %)');
    expect(out).toContain('(default: 1m)');
  });
});

describe('an operator at a terminal', () => {
  const replay = ['dlq', 'replay', '-s', 'payment', '--canary', '3', '--why', 'x'];

  it('is asked after the canary, and nothing else is replayed on a no', async () => {
    payment.box.add(10);
    const { code, out, err, questions } = await waybill(replay, new RecordingTerminal(true, false));
    expect(questions).toEqual(['Continue with the rest?']);
    expect(payment.box.matching({})).toHaveLength(7);
    expect(code).toBe(1);
    expect(out).toContain('payment: you said no, 7 letters left.');
    expect(err).toMatch(/continue with:\n {2}waybill dlq replay -s payment --canary 3 --why x --run [\da-f-]{36}/);
  });

  it('is not asked again where the canary of a resumed run is behind it', async () => {
    payment.box.add(10);
    const { err } = await waybill(replay, new RecordingTerminal(true, false));
    const run = /--run (\S+)/.exec(err)?.[1] ?? '';
    const resumed = await waybill([...replay, '--run', run], new RecordingTerminal(true, false));
    expect({ code: resumed.code, questions: resumed.questions, err: resumed.err }).toEqual({
      code: 0,
      questions: [],
      err: '',
    });
    expect(resumed.out).toContain(`Run ${run}: 10 replayed, 0 skipped, 0 failed.`);
  });

  it('continues with a yes', async () => {
    payment.box.add(10);
    const { code } = await waybill(replay, new RecordingTerminal(true, true));
    expect(code).toBe(0);
    expect(payment.box.matching({})).toEqual([]);
  });

  it('is not asked with --yes', async () => {
    payment.box.add(10);
    const { code, questions } = await waybill([...replay, '--yes'], new RecordingTerminal(true, false));
    expect({ code, questions }).toEqual({ code: 0, questions: [] });
  });

  it('is asked before letters are given up, and how many', async () => {
    payment.box.add(10);
    const discard = ['dlq', 'discard', '-s', 'payment', '--type', 'payment.process.v1', '--why', 'x'];
    const no = await waybill(discard, new RecordingTerminal(true, false));
    expect(no.questions).toEqual(['Give up 10 letters for good (payment 10)?']);
    expect(no.code).toBe(1);
    expect(payment.box.matching({})).toHaveLength(10);
    expect((await waybill(discard, new RecordingTerminal(true, true))).code).toBe(0);
    expect(payment.box.matching({})).toEqual([]);
  });

  it('is advised with commands that can be pasted, however the CLI was called', async () => {
    payment.box.add(1);
    const { out } = await waybill(['doctor', '-s', 'payment'], new RecordingTerminal(), {
      npm_lifecycle_event: 'waybill',
    });
    expect(out).toContain('npm run waybill -- dlq groups --service payment');
  });
});

describe('docs/operations.md', () => {
  const commands = [...readFileSync('docs/operations.md', 'utf8').matchAll(/`waybill ([^`\n]+)`|^waybill (.+)$/gm)].map(
    ([, inline, block]) => (inline ?? block ?? '').replace(/\s+#.*$/, ''),
  );

  it('names commands', () => expect(commands.length).toBeGreaterThan(20));

  it.each(commands)('names a command that exists: waybill %s', async (command) => {
    const argv = [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '');
    const words = argv.map((word) => (word === '<run>' ? '0b6e0a54-4b3c-4c0e-9d36-0f0f5f7f2f10' : word));
    const more = words.includes('edit') ? ['--payload', 'package.json'] : words.includes('tail') ? ['--help'] : [];
    const { code, err } = await waybill([...words, ...more], new RecordingTerminal(true, true));
    expect({ code, err }).not.toMatchObject({ code: 2 });
  });
});
