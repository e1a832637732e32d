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

  it('says that erasures are pending when it is run again, and ends with 1: nothing says whose they are', async () => {
    const [done, pending] = [0, 1].map((payment) => ({
      id: orderId(payment),
      orders: 1,
      pending: { payment, shipping: 0, payloads: 0 },
    }));
    const others = Array.from({ length: 1_100 }, () => done);
    order.state.erasures.push(...[pending, ...others].flatMap((one) => one ?? [])); // the oldest, behind many pages
    const ended = await waybill('customers', 'erase', 'cust-42', '--wait', '1s', ...why);
    expect([ended.code, ended.stdout]).toEqual([1, expect.stringContaining('payment has yet to confirm 1 order')]);
    expect(ended.stdout).toContain('No order is kept under this id');
    expect((await waybill('doctor', '-s', 'order', '--json')).stdout).toContain('ERASURE_PENDING');
  });

  describe('from a file', () => {
    let folder: string;
    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), 'waybill-erased-'));
    });
    afterEach(() => rm(folder, { recursive: true }));

    const eraseListed = async (content: string): Promise<Ended> => {
      const file = join(folder, 'erased.txt');
      await writeFile(file, content);
      return waybill('customers', 'erase', '--from', file, '--json', ...why);
    };

    it('erases the orders on its lines, each once, or those of the document', async () => {
      const lines = await eraseListed(`# kept since 2026\n${orderId(1)}\r\n\n${orderId(2)}\n${orderId(1)}\n`);
      expect(documentOf(lines)).toMatchObject({ orderIds: [orderId(1), orderId(2)] });
      const document = await waybill('customers', 'erased-orders', '--json');
      expect(documentOf(await eraseListed(document.stdout))).toMatchObject({ orderIds: [orderId(1), orderId(2)] });
      const args = ['customers', 'erase', '--from', '-', '--json', ...why];
      expect(documentOf(await system.run(args, {}, document.stdout).ended)).toMatchObject({
        orderIds: [1, 2].map(orderId),
      });
      expect(order.state.erasedOrders).toEqual([1, 2, 1, 2, 1, 2].map(orderId)); // the document names erasures, too
    });

    it('says how many of its ids the order service does not know', async () => {
      order.state.unknownOrders = new Set([orderId(2), orderId(3)]);
      const file = join(folder, 'erased.txt');
      await writeFile(file, [1, 2, 3].map(orderId).join('\n'));
      const ended = await waybill('customers', 'erase', '--from', file, ...why);
      expect(ended.code).toBe(0);
      expect(ended.stdout).toContain('1 order erased in the order service.\n2 ids of the file are unknown');
      expect(documentOf(await waybill('customers', 'erase', '--from', file, '--json', ...why))).toMatchObject({
        unknownOrderIds: [orderId(2), orderId(3)],
      });
    });

    it.each([
      ['customers erasures', `ERASURE AGE\n${orderId(1)}  5s  1  -  ada  request 4711\n`, 'entry 1'],
      ['a file whose end is lost', `${orderId(1)}\n${orderId(2).slice(0, 20)}`, 'entry 2'],
      ['another document', `{"items": [{"id": "${orderId(1)}"}]}`, '/items/0/orderId'],
      ['half a document', `{"items": [{"orderId": "${orderId(1)}"}`, 'JSON'],
      ['nothing', '\n', 'names no order'],
    ])('erases nothing from what is no list: %s', async (_, content, because) => {
      const ended = await eraseListed(content);
      expect([ended.code, ended.stderr + ended.stdout]).toEqual([2, expect.stringContaining(because)]);
      expect(order.calls).toEqual([]);
    });
  });

  it('asks for one thing to erase', async () => {
    for (const args of [[], ['cust-42', '--from', 'x'], ['--from', '/nowhere']]) {
      expect((await waybill('customers', 'erase', ...args, ...why)).code).toBe(2);
    }
    expect(order.calls).toEqual([]);
  });
});
