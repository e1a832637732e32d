export { breach, incidentStoreContract } from './incident-store-contract.js';
export type { IncidentStoreUnderTest } from './incident-store-contract.js';
export { isSigned, receiveWebhooks } from './webhook-receiver.js';
export type { ReceivedWebhook, WebhookReceiver } from './webhook-receiver.js';
