import { Module } from '@nestjs/common';

import { Supervisor } from '../supervisor/supervisor.js';
import type { DialHolder } from './dial.js';
import { DIAL_HOLDERS, Dials } from './dials.js';
import { FaultsController } from './faults.controller.js';
import { Load } from './load.js';
import { PoisonMessage } from './poison-message.js';
import { ProviderDials } from './provider-dials.js';
import { SupervisorDials } from './supervisor-dials.js';

const HOLDERS = [Load, SupervisorDials, ProviderDials, PoisonMessage];

/** The dials: load, and faults. */
@Module({
  controllers: [FaultsController],
  providers: [
    ...HOLDERS,
    { provide: DIAL_HOLDERS, useFactory: (...holders: readonly DialHolder[]) => holders, inject: HOLDERS },
    Dials,
    Supervisor,
  ],
})
export class FaultsModule {}
