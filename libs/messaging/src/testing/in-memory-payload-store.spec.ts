import { InMemoryPayloadStore } from './in-memory-payload-store.js';
import { payloadStoreContract } from './payload-store-contract.js';

payloadStoreContract('InMemoryPayloadStore', async () => new InMemoryPayloadStore());
