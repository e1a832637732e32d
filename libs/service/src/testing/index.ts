export { makeCalls } from './make-calls.js';
export { startTestService } from './test-service.js';
export type { TestService } from './test-service.js';
