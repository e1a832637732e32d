export { replay } from './decider.js';
export type { Evolution } from './decider.js';
export { ConcurrencyError, UnreadableEventError } from './event-store.errors.js';
export { EventStore } from './event-store.js';
export type {
  DomainEvent,
  EventAppend,
  EventMetadata,
  EventSchema,
  EventStream,
  EventUpcaster,
  LoadedStream,
} from './event-stream.js';
export { eventStoreMigrations } from './migrations/index.js';
