import { runService } from '@waybill/service';

import { ShippingModule } from './shipping.module.js';

void runService(ShippingModule, process);
