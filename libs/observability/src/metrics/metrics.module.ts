import { Module } from '@nestjs/common';
import type { DynamicModule, OnModuleInit } from '@nestjs/common';

import { MetricsController } from './metrics.controller.js';
import { Metrics } from './metrics.js';

/** Provides {@link Metrics} everywhere and serves it at `GET /metrics`. Import once, in the application's root module. */
@Module({ controllers: [MetricsController], providers: [Metrics], exports: [Metrics] })
export class MetricsModule implements OnModuleInit {
  constructor(private readonly metrics: Metrics) {}

  static forRoot(): DynamicModule {
    return { module: MetricsModule, global: true };
  }

  onModuleInit(): void {
    this.metrics.collectProcessMetrics();
  }
}
