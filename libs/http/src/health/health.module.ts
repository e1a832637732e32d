import { Global, Module } from '@nestjs/common';

import { HealthIndicators } from './health-indicators.js';
import { HealthController } from './health.controller.js';
import { Shutdown } from './shutdown.js';

/** `GET /health/live` and `GET /health/ready`; provides {@link HealthIndicators} and {@link Shutdown} everywhere. */
@Global()
@Module({
  controllers: [HealthController],
  providers: [HealthIndicators, Shutdown],
  exports: [HealthIndicators, Shutdown],
})
export class HealthModule {}
