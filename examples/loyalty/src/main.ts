import { runService } from '@waybill/service';

import { LoyaltyModule } from './loyalty.module.js';

await runService(LoyaltyModule, process);
