/**
 * A hand-written SQL statement, one per file, so that it can be explained and tuned. `name` makes it a prepared
 * statement: planned once per connection; unique in the service, 63 characters at most.
 */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

/** Rows of a statement as PostgreSQL's driver gives them; the caller names the columns. */
export type Row = Record<string, unknown>;
