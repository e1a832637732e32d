import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';

import { ActSweeper, AUDIT_RETENTION_MS } from './act-sweeper.js';
import { AuditController } from './audit.controller.js';
import { OperatorActs } from './operator-acts.js';

export interface AuditModuleOptions {
  /** How long acts are kept, in milliseconds. */
  readonly retentionMs: number;
}

/** Serves `/admin/audit`, and forgets what is old. The application that imports it guards `/admin`. Needs DatabaseModule with the `httpIdempotencyMigrations`. */
@Module({})
export class AuditModule {
  static forRoot({ retentionMs }: AuditModuleOptions): DynamicModule {
    return {
      module: AuditModule,
      controllers: [AuditController],
      providers: [OperatorActs, ActSweeper, { provide: AUDIT_RETENTION_MS, useValue: retentionMs }],
    };
  }
}
