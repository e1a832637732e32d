export { claimCheckSettings } from './claim-check-config.js';
export type { ClaimCheckOptions } from './claim-check-options.js';
export { PayloadFolderUnusable } from './claim-check.errors.js';
export { ClaimCheckModule } from './claim-check.module.js';
export { FilePayloadStore } from './files/file-payload-store.js';
export { PostgresPayloadStore } from './postgres/postgres-payload-store.js';
export type { PostgresPayloadStoreOptions } from './postgres/postgres-payload-store.js';
