import { runService } from '@waybill/service';

import { InventoryModule } from './inventory.module.js';

await runService(InventoryModule, process);
