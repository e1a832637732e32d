import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { Database, SharedTransactions } from '@waybill/database';

import { AnswerSweeper } from './answer-sweeper.js';
import { checkHttpIdempotencyOptions, HTTP_IDEMPOTENCY_OPTIONS } from './http-idempotency-options.js';
import type { HttpIdempotencyOptions } from './http-idempotency-options.js';
import { IdempotentRequests } from './idempotent-requests.js';

/** Makes `@Idempotent()` work everywhere. Needs a global `Database` and the `httpIdempotencyMigrations`. */
@Module({})
export class HttpIdempotencyModule {
  static forRoot(options: HttpIdempotencyOptions = {}): DynamicModule {
    return {
      module: HttpIdempotencyModule,
      global: true,
      providers: [
        { provide: HTTP_IDEMPOTENCY_OPTIONS, useValue: checkHttpIdempotencyOptions(options) },
        {
          provide: SharedTransactions,
          inject: [Database],
          useFactory: (database: Database) => new SharedTransactions(database),
        },
        IdempotentRequests,
        AnswerSweeper,
      ],
      exports: [IdempotentRequests, SharedTransactions],
    };
  }
}
