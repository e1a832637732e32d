import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { ContractServer } from './testing/contract-server.js';
import type { Ended } from './testing/run-waybill.js';
import { documentOf, WaybillOnServers } from './testing/waybill-on-servers.js';

describe('customers', () => {
  let system: WaybillOnServers;
  let order: ContractServer;

  beforeEach(async () => {
    system = await WaybillOnServers.start();
    ({ order } = system);
  });
  afterEach(() => system.stop());

  const waybill = (...args: string[]): Promise<Ended> => system.run(args).ended;
  const orderId = (n: number) => `0197d6a4-5c1e-7b3a-9c55-00000000000${n}`;
  const why = ['--why', 'request 4711'];

  it('erases all orders of a customer, call after call, and names them for the list that is kept', async () => {
    order.state.customers.set('cust-42', [1, 2, 3, 4, 5].map(orderId));
    const ended = await waybill('customers', 'erase', 'cust-42', ...why);
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(ended.stdout).toContain('5 orders erased');
    expect(ended.stdout).toContain('All services have confirmed');
    expect((await waybill('customers', 'erased-orders')).stdout.trim().split('\n')).toEqual(
      [1, 2, 3, 4, 5].map(orderId),
    );
    expect((await waybill('customers', 'erase', 'cust-42', ...why)).stdout).toContain('No order is kept under this id');
    expect(order.calls.every(({ path }) => !path.includes('cust-42'))).toBe(true); // paths are logged
  });

  it('ends with 1 and says who has yet to confirm', async () => {
    order.state.customers.set('cust-42', [orderId(1)]);
    order.after = ({ method }) => {
      for (const erasure of method === 'POST' ? order.state.erasures : []) erasure.pending.payment = 1;
    };
    const ended = await waybill('customers', 'erase', 'cust-42', '--wait', '1s', ...why);
    expect([ended.code, ended.stdout]).toEqual([1, expect.stringContaining('payment has yet to confirm 1 order')]);
    expect((await waybill('customers', 'erasures')).stdout).toContain('payment 1');
  });

  it('names the orders for which it is too early', async () => {
    order.state.customers.set('cust-42', [orderId(1)]);
    order.state.inUse.add(orderId(1));
    const ended = await waybill('customers', 'erase', 'cust-42', ...why);
    expect([ended.code, ended.stderr]).toEqual([1, expect.stringContaining(`order ${orderId(1)} has not ended`)]);
  });

  it('erases what a file names, whatever else is in it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'waybill-erased-'));
    try {
      const file = join(folder, 'erased.txt');
      await writeFile(file, `# kept since 2026\n${orderId(1)}\n{"orderId": "${orderId(2)}"}\n${orderId(1)}\n`);
      const ended = await waybill('customers', 'erase', '--from', file, '--json', ...why);
      expect(documentOf(ended)).toMatchObject({ orderIds: [orderId(1), orderId(2)] });
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('asks for one thing to erase', async () => {
    for (const args of [[], ['cust-42', '--from', 'x'], ['--from', '/nowhere']]) {
      expect((await waybill('customers', 'erase', ...args, ...why)).code).toBe(2);
    }
    expect(order.calls).toEqual([]);
  });
});
