import { runService } from '@waybill/service';

import { OrderModule } from './order.module.js';

void runService(OrderModule, process);
