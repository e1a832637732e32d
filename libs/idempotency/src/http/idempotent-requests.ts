import { Injectable } from '@nestjs/common';
import { Database } from '@waybill/database';
import type { Transaction } from '@waybill/database';

import { keyInFlight, reusedKey } from './http-idempotency.errors.js';
import { RequestId } from './request-id.js';
import { FIND_ANSWER } from './sql/find-answer.js';
import { INSERT_ANSWER } from './sql/insert-answer.js';
import { LOCK_REQUEST } from './sql/lock-request.js';
import type { StoredAnswer } from './stored-answer.js';

export interface IdempotentRequest {
  /** Whose key it is: the same key in another scope is another request. */
  readonly scope: readonly string[];
  readonly key: string;
  /** See `fingerprintOf`. */
  readonly fingerprint: Buffer;
}

export interface IdempotentAnswer {
  readonly answer: StoredAnswer;
  /** It is an earlier request's answer; `work` has not run. */
  readonly replayed: boolean;
}

interface AnswerRow extends StoredAnswer {
  readonly fingerprint: Buffer;
}

/**
 * Runs a request once per scope and key. The answer commits with the work's own writes, in the transaction that `work` is
 * given: either both are there, or neither, and the key is free again. That is so when `work` throws, too. Answers of
 * status 400 and above are not kept.
 */
@Injectable()
export class IdempotentRequests {
  constructor(private readonly database: Database) {}

  /**
   * @throws HttpIdempotencyError 422 if the key belongs to another body, 409 while its first request is in flight.
   */
  run(request: IdempotentRequest, work: (tx: Transaction) => Promise<StoredAnswer>): Promise<IdempotentAnswer> {
    const id = new RequestId(request.scope, request.key);
    return this.database.transaction(async (tx) => {
      const earlier = await claim(tx, id);
      if (earlier) {
        if (!earlier.fingerprint.equals(request.fingerprint)) throw reusedKey();
        const { status, headers, body } = earlier;
        return { answer: { status, headers, body }, replayed: true };
      }
      const answer = await work(tx);
      if (answer.status < 400) keep(tx, id, request.fingerprint, answer);
      return { answer, replayed: false };
    });
  }
}

/** Two statements in one packet. A stored answer is final, so it counts even where somebody else holds the lock. */
async function claim(tx: Transaction, id: RequestId): Promise<AnswerRow | undefined> {
  const [[lock], [earlier]] = await Promise.all([
    tx.query<{ locked: boolean }>(LOCK_REQUEST, [id.lock]),
    tx.query<AnswerRow>(FIND_ANSWER, [id.hash]),
  ]);
  if (!earlier && !lock?.locked) throw keyInFlight();
  return earlier;
}

/** Travels with COMMIT. */
function keep(tx: Transaction, id: RequestId, fingerprint: Buffer, { status, headers, body }: StoredAnswer): void {
  tx.beforeCommit(() => [tx.query(INSERT_ANSWER, [id.hash, fingerprint, status, JSON.stringify(headers), body])]);
}
