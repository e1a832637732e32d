export { CallBatch } from './call-batch.js';
export { beginProviderFault, endProviderFault, listProviderFaults } from './faults/fault-table.js';
export type { ProviderFaultState } from './faults/fault-table.js';
export { ProviderFaults } from './faults/provider-faults.js';
export { Ledger } from './ledger.js';
