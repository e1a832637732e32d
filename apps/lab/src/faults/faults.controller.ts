import { Body, Controller, Delete, Get, HttpCode, Param, Post } from '@nestjs/common';

import { BeginDialBody } from './begin-dial.body.js';
import type { Dial } from './dial.js';
import { Dials } from './dials.js';

interface DialsResponse {
  readonly dials: readonly Dial[];
}

const USUAL_S = 30;

/** What is broken, and for how long. */
@Controller('lab/faults')
export class FaultsController {
  constructor(private readonly dials: Dials) {}

  @Get()
  async list(): Promise<DialsResponse> {
    return { dials: await this.dials.list() };
  }

  @Post(':dial')
  @HttpCode(200)
  async begin(@Param('dial') dial: string, @Body() { seconds, settings = [] }: BeginDialBody): Promise<DialsResponse> {
    const chosen = Object.fromEntries(settings.map(({ name, value }) => [name, value]));
    await this.dials.begin(dial, chosen, seconds ?? USUAL_S);
    return this.list();
  }

  @Delete(':dial')
  async end(@Param('dial') dial: string): Promise<DialsResponse> {
    await this.dials.end(dial);
    return this.list();
  }
}
