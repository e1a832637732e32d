export { startApacheKafka, type ApacheKafka, type ApacheKafkaOptions } from './apache-kafka/apache-kafka.js';
export { apacheKafkaClasspath, type ApacheKafkaJarsOptions } from './apache-kafka/jars.js';
export { findJava } from './apache-kafka/java.js';
export { ensureWritableDirectory } from './data-directory.js';
export { EmbeddedInfrastructureError, type EmbeddedErrorCode } from './embedded.errors.js';
export { assertPortFree, freePort, freePortNear, isPortFree } from './free-port.js';
export {
  startInfrastructure,
  type Infrastructure,
  type InfrastructureOptions,
  type InfrastructurePart,
  type KafkaChoice,
  type PostgresChoice,
} from './infrastructure.js';
export { startEmbeddedKafka, type EmbeddedKafka, type EmbeddedKafkaOptions } from './kafka/embedded-kafka.js';
export {
  startEmbeddedPostgres,
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
} from './postgres/embedded-postgres.js';
export { lockDirectory, lockOwner, type DirectoryLock } from './processes/directory-lock.js';
export { startTemporaryInfrastructure } from './temporary-infrastructure.js';
