import { incidentStoreContract } from '../testing/incident-store-contract.js';
import { InMemoryIncidents } from './in-memory-incidents.js';

incidentStoreContract('InMemoryIncidents', async () => {
  let now = 1_700_000_000_000;
  return {
    store: new InMemoryIncidents(() => now),
    advance: async (ms) => void (now += ms),
  };
});
