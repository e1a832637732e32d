export { describeOnRabbit, rabbitUrl, TestRabbit } from './test-rabbit.js';
export type { TestRabbitOptions } from './test-rabbit.js';
