import { Module } from '@nestjs/common';

import { LAB_CONFIG } from '../lab-config.token.js';
import type { LabConfig } from '../lab.config.js';
import { InvariantsController } from './invariants.controller.js';
import { Invariants } from './invariants.js';
import { ServiceDatabases } from './service-databases.js';

/** The invariants, live. */
@Module({
  controllers: [InvariantsController],
  providers: [
    Invariants,
    {
      provide: ServiceDatabases,
      useFactory: ({ databaseUrl: serverUrl, databasePrefix: prefix }: LabConfig) =>
        new ServiceDatabases({ serverUrl, prefix }),
      inject: [LAB_CONFIG],
    },
  ],
})
export class InvariantsModule {}
