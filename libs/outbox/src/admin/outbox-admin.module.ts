import { Module } from '@nestjs/common';

import { OutboxMessages } from './outbox-messages.js';
import { OutboxOverview } from './outbox-overview.js';
import { OutboxController } from './outbox.controller.js';

/** Serves `/admin/outbox`. The application that imports it guards `/admin`; `@waybill/http` does, by a token. Needs OutboxModule. */
@Module({ controllers: [OutboxController], providers: [OutboxMessages, OutboxOverview] })
export class OutboxAdminModule {}
