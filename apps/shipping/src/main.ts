import { runService } from '@waybill/service';

import { ShippingModule } from './shipping.module.js';

await runService(ShippingModule, process);
