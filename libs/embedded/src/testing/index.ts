export { freePort } from '../free-port.js';
export { createTestDatabase, testDatabaseServer, testKafkaBrokers, type TestDatabase } from './test-database.js';
export { uniqueTopic } from './unique-topic.js';
