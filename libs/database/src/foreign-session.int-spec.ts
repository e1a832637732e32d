import { Logger } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { createTestDatabase } from '@waybill/embedded/testing';
import type { TestDatabase } from '@waybill/embedded/testing';
import { DataSource } from 'typeorm';

import { Database } from './database.js';
import { GuardedClient } from './guarded-client.js';

describe("an application's own data source (F77)", () => {
  let testDatabase: TestDatabase;
  let warnings: string[];

  beforeEach(async () => {
    testDatabase = await createTestDatabase('foreign_session');
    warnings = [];
    jest.spyOn(Logger.prototype, 'warn').mockImplementation((line: unknown) => void warnings.push(String(line)));
  });

  afterEach(async () => {
    jest.restoreAllMocks();
    await testDatabase.drop();
  });

  /** What a session has of the setting, once the application is up. */
  async function boot(setting: string, extra: object = {}): Promise<string | undefined> {
    const source = new DataSource({ type: 'postgres', url: testDatabase.url, extra });
    const providers = [Database, { provide: DataSource, useFactory: () => source.initialize() }];
    const app = (await Test.createTestingModule({ providers }).compile()).createNestApplication({ logger: false });
    try {
      await app.init();
      const current = { name: 'test_current', text: 'SELECT current_setting($1) AS value' };
      return (await app.get(Database).query<{ value: string }>(current, [setting]))[0]?.value;
    } finally {
      if (source.isInitialized) await source.destroy();
    }
  }

  async function defaults(settings: Readonly<Record<string, string>>): Promise<void> {
    const source = await new DataSource({ type: 'postgres', url: testDatabase.url }).initialize();
    const name = new URL(testDatabase.url).pathname.slice(1);
    for (const [setting, value] of Object.entries(settings)) {
      await source.query(`ALTER DATABASE "${name}" SET ${setting} = ${value}`);
    }
    await source.destroy();
  }

  it('works, with a warning that nothing guards its connections', async () => {
    await expect(boot('synchronous_commit')).resolves.toBe('on');
    expect(warnings).toEqual([expect.stringContaining('GuardedClient')]);
  });

  it('is refused where it could lose what was committed, or be read wrongly, with every setting by name', async () => {
    await defaults({
      synchronous_commit: 'off',
      default_transaction_isolation: 'serializable',
      extra_float_digits: '-10',
    });
    await expect(boot('synchronous_commit')).rejects.toMatchObject({
      code: 'DATABASE_UNUSABLE',
      message: expect.stringMatching(
        /synchronous_commit is off, needs on; default_transaction_isolation is serializable, needs read committed; extra_float_digits is -10/,
      ) as unknown,
    });
  });

  it('is set up as ours are, without a warning, where its connections are guarded', async () => {
    await defaults({ synchronous_commit: 'off' });
    await expect(boot('synchronous_commit', { Client: GuardedClient })).resolves.toBe('on');
    expect(warnings).toEqual([]);
  });
});
