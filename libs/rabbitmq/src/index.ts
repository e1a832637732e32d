export { rabbitBroker } from './rabbit-broker.js';
export { rabbitFaults } from './rabbit-options.js';
export type { RabbitOptions, RabbitTls } from './rabbit-options.js';
