import { Controller, Get } from '@nestjs/common';

import { Invariants } from './invariants.js';
import type { InvariantsReport } from './invariants.js';

/** What has to hold whatever is broken. */
@Controller('lab/invariants')
export class InvariantsController {
  constructor(private readonly invariants: Invariants) {}

  @Get()
  look(): Promise<InvariantsReport> {
    return this.invariants.report();
  }
}
