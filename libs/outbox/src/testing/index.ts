export { claimRows } from '../sql/claim-rows.js';
export { CollectingOutbox } from './collecting-outbox.js';
export { OutboxHarness, until } from './outbox-harness.js';
