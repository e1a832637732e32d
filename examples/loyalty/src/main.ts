import { runService } from '@waybill/service';

import { LoyaltyModule } from './loyalty.module.js';

void runService(LoyaltyModule, process);
