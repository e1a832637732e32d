import type { ContractServer } from './testing/contract-server.js';
import type { TestProjection } from './testing/contract.js';
import type { Ended } from './testing/run-waybill.js';
import { documentOf, WaybillOnServers } from './testing/waybill-on-servers.js';

const WHY = ['--why', 'wrong totals, INC-7'];

function projection(name: string, more: Partial<TestProjection> = {}): TestProjection {
  const fine = {
    lifecycle: 'async',
    version: 1,
    builtVersion: 1,
    builtAt: null,
    lagEvents: 0,
    lagSeconds: 0,
    failing: null,
  };
  return { name, ...fine, rebuild: null, ...more };
}

describe('projections', () => {
  let system: WaybillOnServers;
  let order: ContractServer;

  beforeEach(async () => {
    system = await WaybillOnServers.start();
    ({ order } = system);
    order.state.projections = [projection('order-view', { lifecycle: 'inline' }), projection('daily-sales')];
  });
  afterEach(() => system.stop());

  const waybill = (...args: string[]): Promise<Ended> => system.run(args).ended;

  it('are listed, with how far they are behind, and why', async () => {
    const failing = { failures: 4, reason: 'RangeError: no such day', at: '2026-11-25T00:00:00.000Z' };
    order.state.projections[1] = projection('daily-sales', { lagEvents: 12_000, lagSeconds: 125, failing, version: 2 });
    const { code, stdout } = await waybill('projections');
    expect(code).toBe(0);
    expect(stdout).toMatch(/order-view +inline +0 +0s/);
    expect(stdout).toMatch(/daily-sales +async +12,000 +2m 5s +version 1 of 2: outdated .*RangeError: no such day/);
    expect(documentOf(await waybill('projections', 'list', '--json'))).toMatchObject({
      items: [{}, { lagEvents: 12_000 }],
    });
  });

  it('are rebuilt, and followed to the end', async () => {
    expect((await waybill('projections', 'rebuild', 'daily-sales')).code).toBe(2); // without --why
    const ended = await waybill('projections', 'rebuild', 'daily-sales', ...WHY);
    expect([ended.code, ended.stdout]).toEqual([0, 'daily-sales is rebuilt, and in use.\n']);
    expect((await waybill('projections', 'rebuild', 'monthly', ...WHY)).code).toBe(1);
  });

  it('are followed again, and the end is told as it is', async () => {
    const rebuild = { requestedBy: 'grace', reason: 'INC-6', requestedAt: '2026-11-25T00:00:00.000Z' };
    const failed = {
      ...rebuild,
      status: 'RUNNING',
      position: '100',
      target: '200',
      ends: 'FAILED',
      failure: 'no such day',
    };
    order.state.projections[1] = projection('daily-sales', { rebuild: failed });
    const ended = await waybill('projections', 'rebuild', 'daily-sales', ...WHY);
    expect([ended.code, ended.stdout]).toEqual([1, expect.stringContaining('failed')]);
    expect(ended.stderr).toContain('grace');
    expect((await waybill('projections', 'cancel', 'daily-sales', ...WHY)).stderr).toContain('No rebuild is running');
  });

  it('go on being rebuilt where the command is interrupted or does not wait', async () => {
    const detached = await waybill('projections', 'rebuild', 'daily-sales', '--detach', ...WHY);
    expect([detached.code, detached.stdout]).toEqual([0, expect.stringContaining('runs in the order service')]);
    order.state.projections[1] = projection('daily-sales', {
      rebuild: { ...order.state.projections[1]?.rebuild, status: 'RUNNING', position: '0', target: '1000000' },
    });
    let asked = () => {};
    const isAsked = new Promise<void>((resolve) => (asked = resolve));
    order.after = ({ method }) => (method === 'GET' ? asked() : undefined);
    const following = system.run(['projections', 'rebuild', 'daily-sales', ...WHY]);
    await isAsked;
    await following.interrupt();
    const ended = await following.ended;
    expect([ended.code, ended.stdout]).toEqual([1, expect.stringContaining('runs in the order service')]);
    expect((await waybill('projections', 'cancel', 'daily-sales', ...WHY)).code).toBe(0);
    expect(order.state.projections[1]?.rebuild?.status).toBe('CANCELLED');
  });
});
