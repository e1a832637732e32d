export { openBroker } from './broker-config.js';
export { migrateService } from './migrate-service.js';
export { runService } from './run-service.js';
export { readServiceConfig } from './service-config.js';
export type { Environment, ServiceConfig } from './service-config.js';
export { ServiceModule } from './service.module.js';
export type { ServiceOptions } from './service-options.js';
export { startService } from './start-service.js';
