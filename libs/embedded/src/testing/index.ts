export { startApacheKafka } from '../apache-kafka/apache-kafka.js';
export {
  startApacheKafkaCluster,
  type ApacheKafkaCluster,
  type ClusterNode,
} from '../apache-kafka/apache-kafka-cluster.js';
export { freePort } from '../free-port.js';
export { startEmbeddedKafka, type EmbeddedKafka } from '../kafka/embedded-kafka.js';
export { bundleProcess } from './bundle-process.js';
export { listeningAddresses } from './listening-addresses.js';
export { TestAuthority } from './certificates.js';
export { startSecuredKafka, type SecuredKafka } from './secured-kafka.js';
export { Pooler } from './pooler.js';
export { PostgresProxy } from './postgres-proxy.js';
export { TcpProxy } from './tcp-proxy.js';
export {
  createTestDatabase,
  dropTestDatabases,
  testDatabaseServer,
  testKafkaBrokers,
  type TestDatabase,
} from './test-database.js';
export { uniqueTopic } from './unique-topic.js';
