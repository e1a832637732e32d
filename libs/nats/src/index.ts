export { natsFaults } from './connection-options.js';
export { natsBroker } from './nats-broker.js';
export type { NatsOptions } from './nats-options.js';
