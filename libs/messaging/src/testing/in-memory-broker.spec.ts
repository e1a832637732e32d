import { brokerContract } from './broker-contract.js';
import { InMemoryBroker } from './in-memory-broker.js';

brokerContract('InMemoryBroker', () => new InMemoryBroker());
