import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';

import { INBOX_GROUP, InboxEntries } from '../inbox-entries.js';
import { InboxController } from './inbox.controller.js';

/** Serves `/admin/inbox` of one consumer group. The application that imports it guards `/admin`. Needs DatabaseModule. */
@Module({})
export class InboxAdminModule {
  static forRoot({ group }: { readonly group: string }): DynamicModule {
    return {
      module: InboxAdminModule,
      controllers: [InboxController],
      providers: [InboxEntries, { provide: INBOX_GROUP, useValue: group }],
    };
  }
}
