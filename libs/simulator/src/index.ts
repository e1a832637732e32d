export { CallBatch } from './call-batch.js';
export { Ledger } from './ledger.js';
