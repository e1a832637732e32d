import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';

import type { ServiceOptions } from '../service-options.js';
import { ASYNCAPI_DOCUMENT, AsyncApiController } from './asyncapi.controller.js';
import { describeMessages } from './describe-messages.js';
import type { MessagesOptions } from './describe-messages.js';

/** Serves what a service sends and receives: `/asyncapi` for people, `/asyncapi.json` for programs. */
@Module({ controllers: [AsyncApiController] })
export class AsyncApiModule {
  static forRoot(service: ServiceOptions, options: MessagesOptions): DynamicModule {
    return {
      module: AsyncApiModule,
      providers: [{ provide: ASYNCAPI_DOCUMENT, useFactory: () => describeMessages(service, options) }],
    };
  }
}
