import { TcpProxy } from '@waybill/embedded/testing';
import { brokerContract } from '@waybill/messaging/testing';
import type { ServerOfItsOwn } from '@waybill/messaging/testing';

import { Emulator } from './testing/emulator.js';
import { testBroker } from './testing/test-sqs.js';

jest.setTimeout(60_000);

let emulator: Emulator;
beforeAll(async () => {
  emulator = await Emulator.start();
});
afterAll(() => emulator.kill());

/** The emulator forgets everything when it ends, as AWS doesn't: what its clients see of a restart is made by a proxy. */
async function startServer(): Promise<ServerOfItsOwn> {
  const proxy = await TcpProxy.start(emulator.url);
  return {
    broker: testBroker(proxy.url, { prefix: 'restarted.' }),
    kill: async () => proxy.refuse(),
    start: async () => proxy.reopen(),
    remove: () => proxy.stop(),
  };
}

brokerContract('SNS and SQS, on fauxqs', () => testBroker(emulator.url), { startServer, keepsForEver: false });
