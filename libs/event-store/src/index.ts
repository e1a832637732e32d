export { replay } from './decider.js';
export type { Evolution } from './decider.js';
export { ConcurrencyError } from './event-store.errors.js';
export { EventStore } from './event-store.js';
export type { EventMetadata, EventStream } from './event-stream.js';
export { eventStoreMigrations } from './migrations/index.js';
