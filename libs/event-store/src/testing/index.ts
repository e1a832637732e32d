export { given } from './given.js';
export type { Outcome } from './given.js';
