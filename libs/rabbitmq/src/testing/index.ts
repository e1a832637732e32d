export { OwnRabbit } from './own-server.js';
export { describeOnRabbit, rabbitAnswers, rabbitUrl, TestRabbit } from './test-rabbit.js';
export type { TestRabbitOptions } from './test-rabbit.js';
