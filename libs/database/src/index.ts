export { databaseUrl } from './connection-url.js';
export { createDataSource } from './create-data-source.js';
export type { DataSourceSettings, MigrationClass } from './create-data-source.js';
export {
  AmbiguousCommitError,
  CommitRefusedError,
  isTransientDatabaseError,
  NotInTransactionError,
  sqlStateOf,
} from './database.errors.js';
export { DatabaseModule } from './database.module.js';
export type { DatabaseModuleOptions } from './database.module.js';
export { Database } from './database.js';
export type { RowToLock } from './database.js';
export { DedicatedConnection } from './dedicated-connection.js';
export type { ConnectionTarget, DedicatedConnectionOptions } from './dedicated-connection.js';
export { ensureDatabase } from './ensure-database.js';
export type { EnsureDatabaseOptions } from './ensure-database.js';
export { GuardedClient } from './guarded-client.js';
export { databaseMigrations } from './database-migrations.js';
export { PostgresIncidents } from './incidents/postgres-incidents.js';
export { migrate } from './migrate.js';
export { NotificationListener } from './notification-listener.js';
export type { NotificationListenerOptions } from './notification-listener.js';
export { OperatorQueries, OperatorQueryStoppedError } from './operator-queries.js';
export { SharedTransactions } from './shared-transactions.js';
export type { SharedTransactionsOptions } from './shared-transactions.js';
export type { Row, Statement } from './statement.js';
export { Transaction } from './transaction.js';
export type { BeforeCommit } from './transaction.js';
