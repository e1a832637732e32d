export { OutboxHarness, testMessage, until } from './outbox-harness.js';
export { ScriptedBroker } from './scripted-broker.js';
export type { LoggedRecord, Refusal } from './scripted-broker.js';
