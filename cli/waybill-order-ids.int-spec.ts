import type { ContractServer } from './testing/contract-server.js';
import { idAt, placeOn } from './testing/placed-orders.js';
import type { Ended } from './testing/run-waybill.js';
import { documentOf, WaybillOnServers } from './testing/waybill-on-servers.js';

jest.setTimeout(180_000);

// The built command as users have it, against HTTP servers that speak the services' APIs.
let system: WaybillOnServers;
let order: ContractServer;
let payment: ContractServer;

beforeEach(async () => {
  system = await WaybillOnServers.start();
  ({ order, payment } = system);
});

afterEach(() => system.stop());

const waybill = (...args: string[]): Promise<Ended> => system.run(args).ended;

describe("an order's id", () => {
  const ends = ['c55-0a1b2c3d4e5f', 'c55-0a1b2c3daaaa', 'd55-0a1b2c3d4e5f'];

  beforeEach(() => {
    for (const [index, end] of ends.entries()) {
      const id = idAt(index * 1_000, end);
      placeOn(order, index * 1_000, { id });
      order.state.sagas.push({ orderId: id, status: 'RUNNING', step: 'confirm' });
    }
  });

  it('may be given by its beginning, or by beginning and end as lists show them', async () => {
    const [first, second] = [idAt(0, ends[0]), idAt(1_000, ends[1])];
    expect(documentOf(await waybill('orders', 'show', first.slice(0, 13), '--json'))).toMatchObject({
      order: { id: first },
    });
    expect((await waybill('sagas', 'show', `${second.slice(0, 8)}…aaaa`)).stdout).toContain(second);
    expect((await waybill('sagas', 'retry', `${second.slice(0, 8).toUpperCase()}...aaaa`, '--why', 'x')).code).toBe(1);
    expect(order.calls.at(-1)?.path).toBe(`/admin/sagas/${second}/retry`);
  });

  it('is refused where it fits several, which are named, and nothing is done', async () => {
    const head = idAt(0).slice(0, 8);
    const ended = await waybill('sagas', 'retry', head, '--why', 'x');
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toContain(`3 orders have ids like ${head}:`);
    for (const [index, end] of ends.entries()) expect(ended.stderr).toContain(idAt(index * 1_000, end));
    expect(order.calls.every(({ method }) => method === 'GET')).toBe(true);
    const both = await waybill('orders', 'show', `${head}…4e5f`);
    expect(both).toMatchObject({ code: 2, stderr: expect.stringContaining('2 orders have ids like') });
  });

  it('that nobody has is unknown, and what can be no id is said to be none', async () => {
    expect(await waybill('orders', 'show', '0000')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('no order'),
    });
    expect(await waybill('orders', 'show', idAt(9))).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('dlq list'),
    });
    expect(await waybill('orders', 'show', 'o-1')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('neither'),
    });
    expect(await waybill('orders', 'show', 'ffff')).toMatchObject({ code: 1 });
  });

  it('may be given in part as the key of letters, too, whichever service is asked', async () => {
    payment.box.add(2);
    const id = idAt(1_000, ends[1]);
    Object.assign(payment.box.letters[0] ?? {}, { key: id });
    const found = await waybill('dlq', 'list', '--key', id.slice(0, 13), '-s', 'payment', '--json');
    expect(documentOf(found)).toMatchObject({ count: 1, items: [{ key: id }] });
    expect(found.stderr).toContain(`is order ${id}`);
    expect((await waybill('dlq', 'list', '--key', id.slice(0, 8))).code).toBe(2);
    expect(documentOf(await waybill('dlq', 'list', '--key', 'order-2', '--json'))).toMatchObject({ count: 1 });
    expect(documentOf(await waybill('dlq', 'count', '--key', 'cafebabe', '--json'))).toMatchObject({ count: 0 });
  });
});
