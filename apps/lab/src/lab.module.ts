import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { HealthModule } from '@waybill/http';

import { Databases } from './databases/databases.js';
import { FaultsModule } from './faults/faults.module.js';
import { InvariantsModule } from './invariants/invariants.module.js';
import { LAB_CONFIG } from './lab-config.token.js';
import type { LabConfig } from './lab.config.js';

/** The lab. Everything in it acts when it is asked to, or while something is held: without a page that looks, nothing runs. */
@Module({})
export class LabModule {
  static forRoot(config: LabConfig): DynamicModule {
    return {
      module: LabModule,
      global: true,
      imports: [HealthModule, FaultsModule, InvariantsModule],
      providers: [{ provide: LAB_CONFIG, useValue: config }, Databases],
      exports: [LAB_CONFIG, Databases],
    };
  }
}
