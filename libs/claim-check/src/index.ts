export { claimCheckSettings } from './claim-check-config.js';
export { ClaimCheckModule } from './claim-check.module.js';
export { FilePayloadStore } from './files/file-payload-store.js';
export { PostgresPayloadStore } from './postgres/postgres-payload-store.js';
