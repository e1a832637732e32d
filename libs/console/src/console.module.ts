import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';

import { ConsoleAccess } from './access/console-access.js';
import { SessionController } from './access/session.controller.js';
import { CONSOLE_OPTIONS } from './console-options.js';
import type { ConsoleOptions } from './console-options.js';
import { GatewayController } from './gateway/gateway.controller.js';
import { Gateway } from './gateway/gateway.js';
import { LiveFeed } from './live/live-feed.js';
import { LiveController } from './live/live.controller.js';
import { PageController } from './page/page.controller.js';

/**
 * Serves the console at `/console/`, to which `/` leads, and the gateway that feeds it. Needs HealthModule, and an application that
 * `configureHttp` has set up: the check of `Host` is its.
 */
@Module({})
export class ConsoleModule {
  static forRoot(options: ConsoleOptions): DynamicModule {
    return {
      module: ConsoleModule,
      controllers: [SessionController, GatewayController, LiveController, PageController], // the page takes what is left
      providers: [{ provide: CONSOLE_OPTIONS, useValue: options }, ConsoleAccess, Gateway, LiveFeed],
    };
  }
}
