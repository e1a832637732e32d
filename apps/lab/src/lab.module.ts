import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { HealthModule } from '@waybill/http';
import { openBroker } from '@waybill/service';

import { Databases } from './databases/databases.js';
import { FaultsModule } from './faults/faults.module.js';
import { InvariantsModule } from './invariants/invariants.module.js';
import { LAB_CONFIG } from './lab-config.token.js';
import type { LabConfig } from './lab.config.js';
import { LessonsModule } from './lessons/lessons.module.js';
import type { Ground } from './lessons/stage/stage.js';

/** The lab. Everything in it acts when it is asked to, or while something is held: without a page that looks, nothing runs. */
@Module({})
export class LabModule {
  static forRoot(config: LabConfig): DynamicModule {
    return {
      module: LabModule,
      global: true,
      imports: [HealthModule, FaultsModule, InvariantsModule, LessonsModule.forRoot(lessonGround(config))],
      providers: [{ provide: LAB_CONFIG, useValue: config }, Databases],
      exports: [LAB_CONFIG, Databases],
    };
  }
}

/** The lessons play on the system's own servers, in databases and topics that nobody else has. */
function lessonGround(config: LabConfig): Ground {
  return {
    databaseUrl: config.databaseUrl,
    databasePrefix: `${config.database}_`,
    broker: openBroker('lab', config),
  };
}
