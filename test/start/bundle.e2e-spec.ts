import { spawnSync } from 'node:child_process';

import { chosenEnvironment } from '@waybill/embedded';

describe('a bundled service', () => {
  it('names the TypeScript in the stack trace of what ends it', () => {
    const { status, stderr } = spawnSync(process.execPath, ['dist/apps/order/src/main.js', 'no-such-command'], {
      encoding: 'utf8',
      env: { ...chosenEnvironment(), DATABASE_URL: 'postgresql://postgres@127.0.0.1:1/postgres' },
    });
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: expect.stringMatching(
        /UnknownCommandError: The order service [\s\S]* at \S+ \(\S+\/libs\/service\/src\/run-service\.ts:43:14\)/,
      ) as unknown,
    });
  });
});
