import { Module } from '@nestjs/common';

import { DeadLettersController } from './dead-letters.controller.js';
import { ParkedKeysController } from './parked-keys.controller.js';
import { ReplaysController } from './replays.controller.js';

/**
 * Serves `/admin/dead-letters` and `/admin/parked-keys` of what DeadLetterModule keeps. The application that imports it guards `/admin`
 * (`@waybill/http` does, by a token), has a global validation pipe that refuses unknown fields, and the `HttpIdempotencyModule` of
 * `@waybill/idempotency`.
 */
@Module({ controllers: [ReplaysController, DeadLettersController, ParkedKeysController] })
export class DeadLetterAdminModule {}
