export { given } from './given.js';
export { stored } from './stored.js';
