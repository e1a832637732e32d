import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';

import { GROUND, LessonRuns } from './lesson-runs.js';
import { LessonsController } from './lessons.controller.js';
import type { Ground } from './stage/stage.js';

/** Six lessons, each a failure that is met twice: by a naive service, and by one that is made of Waybill's libraries. */
@Module({})
export class LessonsModule {
  static forRoot(ground: Ground): DynamicModule {
    return {
      module: LessonsModule,
      controllers: [LessonsController],
      providers: [LessonRuns, { provide: GROUND, useValue: ground }],
    };
  }
}
