export { consumingApp } from './consuming-app.js';
export type { ConsumingApp } from './consuming-app.js';
export { eventually } from './eventually.js';
export { InMemoryBroker } from './in-memory-broker.js';
export { InMemoryFailureStore } from './in-memory-failure-store.js';
export { InMemoryInbox } from './in-memory-inbox.js';
export { InMemoryTransaction, InMemoryUnitOfWork, TransientError } from './in-memory-unit-of-work.js';
export { noteContract, noteRecord } from './test-contract.js';
export type { Note } from './test-contract.js';
