import { runService } from '@waybill/service';

import { OrderModule } from './order.module.js';

await runService(OrderModule, process);
