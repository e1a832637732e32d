export { OutboxAdminModule } from './admin/outbox-admin.module.js';
export { OutboxOverview } from './admin/outbox-overview.js';
export { outboxMigrations } from './migrations/index.js';
export { OutboxBacklog } from './outbox-backlog.js';
export { MessageTooLargeError, NotPublishableError, UnknownTopicError } from './outbox.errors.js';
export { OutboxModule } from './outbox.module.js';
export { Outbox } from './outbox.js';
export { RefusedRows } from './refused-rows.js';
export { OutboxRelay } from './relay/relay.js';
