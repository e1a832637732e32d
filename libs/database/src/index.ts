export { byIndexAlone, byIndexAndValues } from './by-index-alone.js';
export { databaseUrl } from './connection-url.js';
export { createDataSource } from './create-data-source.js';
export type { DataSourceSettings, MigrationClass } from './create-data-source.js';
export {
  AmbiguousCommitError,
  CommitRefusedError,
  ForeignTransactionError,
  HookTooLateError,
  isTransientDatabaseError,
  NotInTransactionError,
  SavepointError,
  SwallowedFailureError,
} from './database.errors.js';
export { DatabaseModule } from './database.module.js';
export { Database } from './database.js';
export { DedicatedConnection } from './dedicated-connection.js';
export { ensureDatabase } from './ensure-database.js';
export type { TransactionPoint } from './diagnostics.js';
export { GuardedClient } from './guarded-client.js';
export { databaseMigrations } from './database-migrations.js';
export { PostgresIncidents } from './incidents/postgres-incidents.js';
export { migrate } from './migrate.js';
export { NotificationListener } from './notification-listener.js';
export { OperatorQueryStoppedError } from './operator-queries.js';
export type { ReadStatement, WriteStatement } from './shared-statement.js';
export { SharedTransactions } from './shared-transactions.js';
export { LONG_QUERY_TIMEOUT_MS } from './statement.js';
export type { Statement } from './statement.js';
export { Transaction } from './transaction.js';
