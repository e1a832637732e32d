export { EmbeddedInfrastructureError, type EmbeddedErrorCode } from './embedded.errors.js';
export {
  startEmbeddedPostgres,
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
} from './postgres/embedded-postgres.js';
