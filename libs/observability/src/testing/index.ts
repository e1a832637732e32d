export { incidentStoreContract } from './incident-store-contract.js';
export { CERTIFICATE, ENCRYPTED_KEY, KEY, OTHER_KEY } from './pem-fixtures.js';
export { isSigned, receiveWebhooks } from './webhook-receiver.js';
export type { WebhookReceiver } from './webhook-receiver.js';
export { watchPoints } from './watch-points.js';
export type { WatchedPoints } from './watch-points.js';
