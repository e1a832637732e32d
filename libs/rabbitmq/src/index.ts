export { rabbitBroker } from './rabbit-broker.js';
export type { RabbitOptions, RabbitTls } from './rabbit-options.js';
