import { Test } from '@nestjs/testing';
import { DataSource } from 'typeorm';

import { Database } from './database.js';
import { DatabaseModule } from './database.module.js';

describe('DatabaseModule', () => {
  const options = { serverUrl: 'postgres://localhost:5432', database: 'shop', migrations: [] };

  it.each([1, 0, Number.NaN])(
    'refuses a pool of %s: a transaction inside another would wait for itself (F54)',
    (poolSize) => {
      expect(() => DatabaseModule.forRoot({ ...options, poolSize })).toThrow(
        /DatabaseModule\.poolSize must be a whole number from 2 to/,
      );
    },
  );

  it('takes a pool of two, and its default', () => {
    expect(() => DatabaseModule.forRoot({ ...options, poolSize: 2 })).not.toThrow();
    expect(() => DatabaseModule.forRoot(options)).not.toThrow();
  });
});

describe('Database', () => {
  it('starts and stops on a data source that a unit test has made up', async () => {
    const providers = [Database, { provide: DataSource, useValue: {} }];
    const app = (await Test.createTestingModule({ providers }).compile()).createNestApplication({ logger: false });
    await app.init();
    await expect(app.close()).resolves.toBeUndefined();
  });
});
