import { Module } from '@nestjs/common';

import { TopicsController } from './topics.controller.js';

/** Serves `/admin/topics`. The application that imports it guards `/admin`. Needs MessagingModule. */
@Module({ controllers: [TopicsController] })
export class MessagingAdminModule {}
