import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { Optional } from '@waybill/http';
import { IsBoolean } from 'class-validator';

import { LessonRuns } from './lesson-runs.js';
import type { KnownLesson, LessonRun } from './lesson-runs.js';

class RunLessonBody {
  /** Whether the naive version runs beside Waybill's. @default true */
  @Optional()
  @IsBoolean()
  readonly naive?: boolean;
}

@Controller('lab/lessons')
export class LessonsController {
  constructor(private readonly runs: LessonRuns) {}

  @Get()
  list(): { readonly items: readonly KnownLesson[] } {
    return { items: this.runs.lessons() };
  }

  /** Answers at once; what happens is in the run. */
  @Post(':name')
  @HttpCode(202)
  start(@Param('name') name: string, @Body() { naive = true }: RunLessonBody): LessonRun {
    return this.runs.start(name, { naive });
  }

  @Get('runs/:id')
  find(@Param('id') id: string): LessonRun {
    return this.runs.find(id);
  }
}
