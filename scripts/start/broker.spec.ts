import { once } from 'node:events';
import { createServer } from 'node:net';

import { findBroker } from './broker.js';

describe('where npm start finds SNS and SQS', () => {
  it('is where the variables of AWS say', async () => {
    await expect(findBroker('sqs', { AWS_REGION: 'eu-west-1' })).resolves.toEqual({ url: 'sqs://eu-west-1', env: {} });
    await expect(findBroker('sqs', { AWS_ENDPOINT_URL: 'http://one:4566' })).resolves.toMatchObject({ env: {} });
  });

  it('is an emulator on its port without them, and where there is none it says how to get one', async () => {
    const emulator = createServer().listen(4566, '127.0.0.1');
    const listens = await Promise.race([
      once(emulator, 'listening').then(() => true),
      once(emulator, 'error').then(() => false),
    ]);
    const found = await findBroker('sqs', {});
    const env = { AWS_ENDPOINT_URL: 'http://127.0.0.1:4566', AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' };
    expect(found).toMatchObject({ url: 'sqs://us-east-1', env });
    if (!listens) return; // somebody's own emulator is there, and stays
    emulator.close();
    await once(emulator, 'close');
    await expect(findBroker('sqs', {})).rejects.toThrow('npx fauxqs@1.9.2');
  });
});
