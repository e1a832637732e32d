import { runService } from '@waybill/service';

import { PaymentModule } from './payment.module.js';

await runService(PaymentModule, process);
