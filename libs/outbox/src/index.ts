export { OutboxAdminModule } from './admin/outbox-admin.module.js';
export { OutboxOverview } from './admin/outbox-overview.js';
export type { OutboxShard, OutboxOverviewState, TopicOverview } from './admin/outbox-overview.js';
export { SHARDS_PER_TOPIC } from './key-hash.js';
export { outboxMigrations } from './migrations/index.js';
export { OutboxBacklog } from './outbox-backlog.js';
export type { TopicBacklog } from './outbox-backlog.js';
export type { OutboxOptions, RelayOptions } from './outbox-options.js';
export {
  MessageTooLargeError,
  NotPublishableError,
  UnknownTopicError,
  RefusedRowNotFoundError,
} from './outbox.errors.js';
export { OutboxModule } from './outbox.module.js';
export { Outbox } from './outbox.js';
export { RefusedRows } from './refused-rows.js';
export type { RefusalDecision, RefusedRow } from './refused-rows.js';
export type { FailingTopic } from './relay/channels.js';
export { OutboxRelay } from './relay/relay.js';
export type { OutboxState } from './relay/relay.js';
