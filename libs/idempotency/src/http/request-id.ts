import { createHash } from 'node:crypto';

/** Identity of a request: whose it is (`scope`, part by part) and its key. Only the hash is stored, so no caller's data. */
export class RequestId {
  readonly hash: Buffer;

  constructor(scope: readonly string[], key: string) {
    this.hash = createHash('sha256')
      .update(JSON.stringify([...scope, key]))
      .digest();
  }

  /** The advisory lock of this request: a bigint of PostgreSQL, as text. */
  get lock(): string {
    return this.hash.readBigInt64BE().toString();
  }
}
