export { fingerprintOf } from './http/fingerprint.js';
export { HttpIdempotencyModule } from './http/http-idempotency.module.js';
export { IdempotentRequests } from './http/idempotent-requests.js';
export { Idempotent, RequestTransaction } from './http/idempotent.decorator.js';
export { httpIdempotencyMigrations } from './http/migrations/index.js';
export { InboxModule } from './inbox/inbox.module.js';
export { inboxMigrations } from './inbox/migrations/index.js';
export { LaneAdminModule } from './lanes/lane-admin.module.js';
export { PostgresInbox } from './inbox/postgres-inbox.js';
