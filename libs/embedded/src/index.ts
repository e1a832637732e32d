export { apacheKafkaClasspath, type ApacheKafkaJarsOptions } from './apache-kafka/jars.js';
export { findJava } from './apache-kafka/java.js';
export { startApacheKafka, type ApacheKafka, type ApacheKafkaOptions } from './apache-kafka/apache-kafka.js';
export { EmbeddedInfrastructureError, type EmbeddedErrorCode } from './embedded.errors.js';
export {
  startEmbeddedPostgres,
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
} from './postgres/embedded-postgres.js';
