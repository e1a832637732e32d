import type { ContractServer } from './testing/contract-server.js';
import type { Ended } from './testing/run-waybill.js';
import { documentOf, WaybillOnServers } from './testing/waybill-on-servers.js';

// The built command as users have it, against HTTP servers that speak the admin API.
let system: WaybillOnServers;
let order: ContractServer;
let payment: ContractServer;

beforeEach(async () => {
  system = await WaybillOnServers.start();
  ({ order, payment } = system);
});

afterEach(() => system.stop());

const waybill = (...args: string[]): Promise<Ended> => system.run(args).ended;

describe('dlq replay', () => {
  it('replays everything and tells the sum', async () => {
    order.box.add(120);
    payment.box.add(230);
    const ended = await waybill('dlq', 'replay', '--why', 'INC-7', '--json');
    expect(ended.code).toBe(0);
    expect(documentOf(ended)).toMatchObject({ replayed: 350, skipped: 0, failed: 0, pending: 0, remaining: 0 });
    expect(payment.box.audit).toHaveLength(230);
    expect(payment.box.audit.at(0)).toMatchObject({ who: 'ada', why: 'INC-7' });
  });

  it('changes nothing with --dry-run or --count', async () => {
    payment.box.add(30);
    const dry = await waybill('dlq', 'replay', '--dry-run', '--limit', '5');
    expect(dry.stdout).toContain('payment.process.v1→payment.process.v2');
    expect(dry.stdout).toContain('30 letters of 30 keys would be replayed; nothing was changed. The first 5 are shown');
    expect(documentOf(await waybill('dlq', 'replay', '--count', '--json'))).toMatchObject({ count: 30 });
    expect(payment.box.matching({})).toHaveLength(30);
    expect(payment.box.audit).toEqual([]);
  });

  it('fails with 1 where a letter failed, names the kind, and tries each once', async () => {
    payment.box.add(40);
    payment.box.add(2, 'fails');
    const ended = await waybill('dlq', 'replay', '--why', 'x');
    expect(ended.code).toBe(1);
    expect(ended.stdout).toMatch(/Run [\da-f-]{36}: 40 replayed, 0 skipped, 2 failed\.\n$/);
    expect(ended.stdout).toContain('payment: 2 failures of the kind "GatewayError at charge (gateway.ts)"');
    expect(payment.box.audit).toHaveLength(42);
  });

  it('waits for outcomes that come later', async () => {
    payment.box.add(10, 'slowly');
    const ended = await waybill('dlq', 'replay', '--why', 'x', '--json');
    expect(ended.code).toBe(0);
    expect(documentOf(ended)).toMatchObject({ replayed: 10, pending: 0 });
  });

  it('stops after a canary that failed', async () => {
    payment.box.add(5, 'fails');
    payment.box.add(500);
    const ended = await waybill('dlq', 'replay', '--canary', '5', '--yes', '--why', 'x', '--json');
    expect(ended.code).toBe(1);
    expect(documentOf(ended)).toMatchObject({
      failed: 5,
      replayed: 0,
      remaining: 500,
      services: [{}, { end: 'canary-failed' }],
    });
  });

  it('replays nothing, not even the canary, where nobody can be asked and --yes is missing', async () => {
    payment.box.add(50);
    const ended = await waybill('dlq', 'replay', '--canary', '5', '--why', 'x', '--json');
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain('add --yes');
    expect(payment.box.matching({})).toHaveLength(50);
  });

  it('continues after a canary that is fine with --yes', async () => {
    order.box.add(50);
    payment.box.add(50);
    const ended = await waybill('dlq', 'replay', '--canary', '5', '--yes', '--why', 'x', '--json');
    expect(ended.code).toBe(0);
    expect(documentOf(ended)).toMatchObject({ replayed: 100, remaining: 0 });
    expect(ended.stderr).toContain('the canary is fine (10 replayed, 0 skipped, 0 failed); 90 are left.');
  });

  it('stops when too many fail', async () => {
    payment.box.add(100);
    payment.box.add(400, 'fails');
    const ended = await waybill('dlq', 'replay', '--abort-on-failures', '20', '--why', 'x', '--json');
    expect(ended.code).toBe(1);
    expect(documentOf(ended)).toMatchObject({ replayed: 100, failed: 100, remaining: 300 });
  });

  it('counts a letter that was asked for by id and is not dead any more as skipped', async () => {
    payment.box.add(3);
    await waybill('dlq', 'replay', '-s', 'payment', '--id', '1', '--why', 'x');
    const ended = await waybill('dlq', 'replay', '-s', 'payment', '--id', '1,2', '--id', '3', '--why', 'x', '--json');
    expect(documentOf(ended)).toMatchObject({ replayed: 2, skipped: 1, failed: 0 });
  });

  it('says why a letter that has been undone is not replayed (F66)', async () => {
    payment.box.add(2);
    const [undone] = payment.box.letters;
    if (undone) undone.state = 'superseded';
    const ended = await waybill('dlq', 'replay', '-s', 'payment', '--id', '1', '--why', 'x');
    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain("Letter 1 can't be replayed: it has been undone.");
    const both = await waybill('dlq', 'replay', '-s', 'payment', '--id', '1,2', '--why', 'x', '--json');
    expect(documentOf(both)).toMatchObject({ replayed: 1, skipped: 1, failed: 0 });
  });

  it('stops at Ctrl-C after the page in hand, and continues with the run that it names', async () => {
    payment.box.add(450);
    const command = ['dlq', 'replay', '--why', 'the gateway is back', '--json'];
    const running = system.run(command);
    let pages = 0;
    payment.before = async ({ path }) => {
      if (path.endsWith('/replay') && ++pages === 2) await running.interrupt();
    };
    const stopped = await running.ended;
    expect(stopped.code).toBe(1);
    expect(stopped.stderr).toContain('stopping after the page in hand');
    const { run } = documentOf(stopped) as { run: string };
    const resume = `waybill dlq replay --why 'the gateway is back' --json -s order,payment --run ${run}`;
    expect(documentOf(stopped)).toMatchObject({ replayed: 200, skipped: 0, failed: 0, remaining: 250, resume });
    expect(stopped.stderr).toContain(resume);
    expect(payment.box.matching({})).toHaveLength(250); // the sum is true

    const resumed = await waybill(...command, '--run', run);
    expect(resumed.code).toBe(0);
    expect(documentOf(resumed)).toMatchObject({ run, replayed: 450, remaining: 0 });
    expect(payment.box.audit).toHaveLength(450);
  });

  it('repeats a call whose answer was lost, without trying a letter twice, and the sum is still true', async () => {
    payment.box.add(150);
    let lost = 0;
    payment.after = ({ path }, drop) => {
      if (path.endsWith('/replay') && lost++ === 0) drop(); // done, but never answered
    };
    const ended = await waybill('dlq', 'replay', '--why', 'x', '--json');
    expect(ended.code).toBe(0);
    expect(documentOf(ended)).toMatchObject({ replayed: 150, remaining: 0 });
    expect(payment.box.audit).toHaveLength(150);
  });

  it('acts once where an answer was lost, by the Idempotency-Key that it repeats (F31)', async () => {
    payment.box.add(700); // two pages
    const keys: string[] = [];
    payment.after = ({ path, key }, drop) => {
      if (!path.endsWith('/discard')) return;
      keys.push(key);
      if (keys.length === 1) drop();
    };
    const ended = await waybill('dlq', 'discard', '-s', 'payment', '--all', '--yes', '--why', 'x', '--json');
    expect(ended.code).toBe(0);
    expect(documentOf(ended)).toMatchObject({ discarded: 700, remaining: 0 });
    expect(payment.box.audit).toHaveLength(700);
    const [first = '', again, second] = keys;
    expect([again, second]).toEqual([first, first.replace(/\.1$/, '.2')]);
  });
});
