import type { MigrationClass } from '@waybill/database';

import { CreateSagaInstance1795600000000 } from './create-saga-instance.js';
import { IndexSagaLists1795800200100 } from './index-saga-lists.js';
import { KeepListsOffTheKey1797600000000 } from './keep-lists-off-the-key.js';
import { SaveSagasInPlace1797000000000 } from './save-sagas-in-place.js';

/** For the `migrations` of the service that runs sagas. */
export const sagaMigrations: readonly MigrationClass[] = [
  CreateSagaInstance1795600000000,
  IndexSagaLists1795800200100,
  SaveSagasInPlace1797000000000,
  KeepListsOffTheKey1797600000000,
];
