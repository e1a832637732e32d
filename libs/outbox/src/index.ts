export { LANES_PER_TOPIC } from './key-hash.js';
export { outboxMigrations } from './migrations/index.js';
export type { OutboxOptions, RelayOptions } from './outbox-options.js';
export { MessageTooLargeError, NotPublishableError, UnknownTopicError } from './outbox.errors.js';
export { OutboxModule } from './outbox.module.js';
export { Outbox } from './outbox.js';
export type { FailingTopic } from './relay/channels.js';
export { OutboxRelay } from './relay/relay.js';
export type { OutboxState } from './relay/relay.js';
