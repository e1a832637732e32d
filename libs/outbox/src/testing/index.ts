export { claimRows } from '../sql/claim-rows.js';
export { CollectingOutbox } from './collecting-outbox.js';
export { OutboxHarness, until } from './outbox-harness.js';
export { RelayChild, removeRelayBundle } from './relay-child.js';
export { ScriptedBroker } from './scripted-broker.js';
export type { LoggedRecord, Refusal } from './scripted-broker.js';
export { testMessage } from './test-message.js';
