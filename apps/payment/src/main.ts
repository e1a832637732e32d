import { runService } from '@waybill/service';

import { PaymentModule } from './payment.module.js';

void runService(PaymentModule, process);
