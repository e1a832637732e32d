import { runService } from '@waybill/service';

import { InventoryModule } from './inventory.module.js';

void runService(InventoryModule, process);
