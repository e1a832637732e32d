/**
 * A hand-written SQL statement, one per file, so that it can be explained and tuned. `name` makes it a prepared
 * statement: planned once per connection; unique in the service, 63 characters at most.
 */
export interface Statement {
  readonly name: string;
  readonly text: string;
  /** Milliseconds after which its connection is given up where no answer has come. @default what the connection has, 60 s in the pool */
  readonly queryTimeoutMs?: number;
}

/** No statement that customers wait for takes this long; the server may be gone without a word. */
export const QUERY_TIMEOUT_MS = 60_000;
/** For statements that may work through a large table: sweeps, rebuilds, what operators do to many rows. */
export const LONG_QUERY_TIMEOUT_MS = 600_000;

/** Rows of a statement as PostgreSQL's driver gives them; the caller names the columns. */
export type Row = Record<string, unknown>;
