import { Injectable } from '@nestjs/common';
import { Database, type Transaction } from '@waybill/database';

import type { SagaInstance, SagaRef, SagaStatus } from './saga-instance.js';
import { fromRow, type SagaRow } from './saga-row.js';
import { claimDueSagas } from './sql/claim-due-sagas.js';
import { dueSagas, putOffLooks } from './sql/due-sagas.js';
import { findSaga } from './sql/find-saga.js';
import { insertSagas } from './sql/insert-sagas.js';
import { listSagas } from './sql/list-sagas.js';
import { loadSagas } from './sql/load-sagas.js';
import { nextSagaDeadline } from './sql/next-saga-deadline.js';
import { openSagaVersions } from './sql/open-saga-versions.js';
import { postponeSagaDeadline } from './sql/postpone-saga-deadline.js';
import { saveSagas } from './sql/save-sagas.js';

export interface SavedSaga {
  readonly instance: SagaInstance;
  /** `false` leaves the data as it is in the row. */
  readonly dataChanged: boolean;
}

export interface LoadedSagas {
  readonly instances: readonly SagaInstance[];
  /** The database's time, in milliseconds since 1970; nothing where there is no instance. */
  readonly now: number;
}

/** A saga whose deadline has passed, and which deadline that is. */
export interface DueSaga extends SagaRef {
  readonly deadline: string;
}

export interface SagaFilter {
  readonly status?: SagaStatus;
  readonly saga?: string;
  /** Continues after this instance. */
  readonly after?: { readonly createdAt: number; readonly id: string };
  /** @default 20 */
  readonly limit?: number;
}

/** Saga instances as rows; each method is one statement, however many instances. */
@Injectable()
export class SagaStore {
  constructor(private readonly database: Database) {}

  /** @throws ForeignTransactionError for one of another database, where nobody would look for the saga */
  assertOwn(tx: Transaction, operation: string): void {
    this.database.assertOwn(tx, operation);
  }

  /** Loads and locks the instances with these ids, of every saga; in the order of their ids. */
  async loadMany(tx: Transaction, ids: readonly string[]): Promise<LoadedSagas> {
    const rows = await tx.read<SagaRow & { readonly read_at: number }>(loadSagas, [[...new Set(ids)]]);
    return { instances: rows.map(fromRow), now: Math.round(Math.max(...rows.map((row) => row.read_at))) };
  }

  /** @throws a unique violation if one of them exists already. */
  async insertMany(tx: Transaction, instances: readonly SagaInstance[]): Promise<void> {
    await tx.write(insertSagas, [
      instances.map(({ id }) => id),
      instances.map(({ saga }) => saga),
      instances.map(({ version }) => version),
      instances.map(({ status }) => status),
      instances.map(({ step }) => step),
      instances.map(({ steps }) => JSON.stringify(steps)),
      instances.map(({ data }) => JSON.stringify(data)),
      instances.map(({ failure }) => (failure ? JSON.stringify(failure) : null)),
      instances.map(({ deadlineAt }) => deadlineAt),
      instances.map(({ correlationId }) => correlationId ?? null),
      instances.map(({ traceparent }) => traceparent ?? null),
      instances.map(({ createdAt }) => createdAt),
    ]);
  }

  /**
   * Saves instances that were loaded in this transaction; their revision is the loaded one.
   * Fails, and with it the transaction, if a row has another revision (serialization failure: redo the work).
   */
  async saveMany(tx: Transaction, saved: readonly SavedSaga[]): Promise<void> {
    const instances = saved.map(({ instance }) => instance);
    await tx.write(saveSagas, [
      instances.map(({ id }) => id),
      instances.map(({ saga }) => saga),
      instances.map(({ revision }) => revision),
      instances.map(({ status }) => status),
      instances.map(({ step }) => step),
      instances.map(({ steps }) => JSON.stringify(steps)),
      saved.map(({ instance, dataChanged }) => (dataChanged ? JSON.stringify(instance.data) : null)),
      instances.map(({ failure }) => (failure ? JSON.stringify(failure) : null)),
      instances.length,
      instances.map(({ deadlineAt }) => deadlineAt),
      instances.map(({ updatedAt }) => updatedAt),
    ]);
  }

  /** Deadlines that have passed by the database's clock, about the oldest first. */
  async due(limit: number): Promise<DueSaga[]> {
    await this.database.query(putOffLooks, [limit]);
    return this.database.query<DueSaga>(dueSagas, [limit]);
  }

  /** Claims those that are still due until the transaction ends. */
  claimDue(tx: Transaction, due: readonly DueSaga[]): Promise<SagaRef[]> {
    return tx.query<SagaRef>(claimDueSagas, [
      due.map(({ id }) => id),
      due.map(({ saga }) => saga),
      due.map(({ deadline }) => deadline),
    ]);
  }

  /** Milliseconds until the next deadline, 0 or less if one has passed; `null` if nothing is awaited. */
  async nextDeadlineInMs(): Promise<number | null> {
    const [row] = await this.database.query<{ in_ms: number | null }>(nextSagaDeadline);
    return row?.in_ms ?? null;
  }

  /** Puts a due deadline off, so that an instance that can't be dealt with doesn't hold up the others. */
  async postpone({ saga, id }: SagaRef, byMs: number): Promise<void> {
    await this.database.query(postponeSagaDeadline, [saga, id, byMs]);
  }

  openVersions(): Promise<{ readonly saga: string; readonly version: number }[]> {
    return this.database.query<{ saga: string; version: number }>(openSagaVersions);
  }

  /** As of the last commit; locks nothing. */
  async find(saga: string, id: string): Promise<SagaInstance | undefined> {
    return (await this.database.query<SagaRow>(findSaga, [saga, id])).map(fromRow)[0];
  }

  /** Newest first. */
  async list({ status, saga, after, limit = 20 }: SagaFilter = {}): Promise<SagaInstance[]> {
    const values = [status ?? null, saga ?? null, after?.createdAt ?? null, after?.id ?? null, limit];
    return (await this.database.operators.query<SagaRow>(listSagas, values)).map(fromRow);
  }
}
