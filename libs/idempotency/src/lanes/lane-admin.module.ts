import { Module } from '@nestjs/common';

import { LanesController } from './lanes.controller.js';

/** Serves `/admin/lanes`. The application that imports it guards `/admin`. Needs MessagingModule, InboxModule, HttpIdempotencyModule. */
@Module({ controllers: [LanesController] })
export class LaneAdminModule {}
