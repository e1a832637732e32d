import type { ContractServer } from './testing/contract-server.js';
import { REFUSED_MESSAGE } from './testing/refused-message.js';
import type { Ended } from './testing/run-waybill.js';
import { WaybillOnServers } from './testing/waybill-on-servers.js';

describe('outbox', () => {
  let system: WaybillOnServers;
  let payment: ContractServer;

  beforeEach(async () => {
    system = await WaybillOnServers.start();
    ({ payment } = system);
  });
  afterEach(() => system.stop());

  const waybill = (...args: string[]): Promise<Ended> => system.run(args).ended;

  it('shows what the broker refuses, and retries or discards it by its id, wherever it is', async () => {
    payment.state.outbox = { unpublished: 0, oldestAgeSeconds: 0, topics: [], refused: [REFUSED_MESSAGE] };
    expect((await waybill('outbox')).stdout).toContain(REFUSED_MESSAGE.id);
    expect((await waybill('outbox', 'retry', REFUSED_MESSAGE.id)).code).toBe(2); // without --why
    const retried = await waybill(
      'outbox',
      'retry',
      REFUSED_MESSAGE.id,
      '--why',
      'limit raised',
      '-s',
      'order,payment',
    );
    expect([retried.code, retried.stdout]).toEqual([0, expect.stringContaining('payment sends')]);
    const others = ['1', '2'].map((end) => ({ ...REFUSED_MESSAGE, id: `${REFUSED_MESSAGE.id.slice(0, -1)}${end}` }));
    payment.state.outbox.refused.push(...others);
    const part = REFUSED_MESSAGE.id.slice(0, 13);
    const many = await waybill('outbox', 'retry', part, '--why', 'x');
    expect([many.code, many.stderr]).toEqual([2, expect.stringContaining(`\n  ${others[1]?.id}  payment`)]);
    const away = ['--url', 'order=http://127.0.0.1:1'];
    const one = await waybill('outbox', 'retry', `${part}…${others[1]?.id.slice(-2)}`, '--why', 'x', ...away);
    expect([one.code, one.stdout]).toEqual([3, expect.stringContaining(`payment sends ${others[1]?.id} again`)]);
    const again = await waybill(
      'outbox',
      'discard',
      REFUSED_MESSAGE.id,
      '--why',
      'sent by hand',
      '-s',
      'order,payment',
    );
    expect([again.code, again.stderr]).toEqual([1, expect.stringContaining(REFUSED_MESSAGE.id)]);
  });
});
