import type { MigrationClass } from '@waybill/database';

import { CreateEventStore1764000000100 } from './create-event-store.js';
import { CreateProjections1797300000100 } from './create-projections.js';
import { KeepPersonalDataApart1797290000100 } from './keep-personal-data-apart.js';
import { OrderAllEvents1797200000100 } from './order-all-events.js';

/** To be added to the migrations of the service that uses the event store. */
export const eventStoreMigrations: readonly MigrationClass[] = [
  CreateEventStore1764000000100,
  OrderAllEvents1797200000100,
  KeepPersonalDataApart1797290000100,
  CreateProjections1797300000100,
];
