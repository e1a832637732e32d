/** What a SQLSTATE means for the caller that gets it. */
export interface SqlStateMeaning {
  /**
   * `infrastructure`: the same work may succeed once that is repaired, so no attempt is counted. `data`: the database can't
   * store or compute this, however often it is asked. `programming`: the work itself, or a rule of its own, is at fault.
   */
  readonly fault: 'infrastructure' | 'data' | 'programming';
  /** It passes without anybody's doing, or by a failover: worth waiting for. */
  readonly transient: boolean;
  /** The connection is gone, leads to the wrong server, or is in a state that can't be repaired: the next statement needs another one. */
  readonly dropConnection: boolean;
}

const PROGRAMMING: SqlStateMeaning = { fault: 'programming', transient: false, dropConnection: false };
const PROGRAMMING_ON_BAD_CONNECTION: SqlStateMeaning = { ...PROGRAMMING, dropConnection: true };
const DATA: SqlStateMeaning = { fault: 'data', transient: false, dropConnection: false };
/** Of a statement; the connection is as good as before. */
const PASSES: SqlStateMeaning = { fault: 'infrastructure', transient: true, dropConnection: false };
/** Of the server, or of the way to it. */
const LOST: SqlStateMeaning = { fault: 'infrastructure', transient: true, dropConnection: true };
/** Somebody must change a setting, a grant or a server; then the same work succeeds. */
const REFUSED: SqlStateMeaning = { fault: 'infrastructure', transient: false, dropConnection: true };

/** The first two characters. What isn't listed is the programmer's. */
const CLASSES: Readonly<Record<string, SqlStateMeaning>> = {
  '08': LOST, // connection exception
  '22': DATA, // data exception
  '25': PROGRAMMING_ON_BAD_CONNECTION, // the connection is in another transaction than its owner believes
  '26': PROGRAMMING_ON_BAD_CONNECTION, // a prepared statement that the connection doesn't know (any more)
  '28': REFUSED, // user, password, pg_hba
  '3D': REFUSED, // no such database
  '40': PASSES, // serialization failure, deadlock
  '53': LOST, // disk, memory, connections
  '54': DATA, // too large, too deep
  '57': PASSES, // operator intervention
  '58': LOST, // the operating system below the server
  '72': PASSES, // snapshot too old
  F0: REFUSED, // the server's configuration file
  XX: PROGRAMMING_ON_BAD_CONNECTION, // a defect of the server, a pooler's refusal: not for ever, so it counts
};

/** Codes that mean something else than their class. */
const EXCEPTIONS: Readonly<Record<string, SqlStateMeaning>> = {
  '0A000': PROGRAMMING_ON_BAD_CONNECTION, // among others: a prepared statement whose table was migrated meanwhile
  '22023': PROGRAMMING, // a setting or argument that isn't data
  '25006': LOST, // read-only: a failover has left this connection behind
  '25P02': PROGRAMMING, // an earlier statement failed; rollback clears it
  '25P03': LOST, // the server ended an idle transaction
  '25P04': LOST, // the server ended a long transaction
  '40003': LOST, // nobody knows whether the statement was completed
  '42P05': PROGRAMMING_ON_BAD_CONNECTION, // a prepared statement that the connection knows already
  '54011': PROGRAMMING, // columns
  '54023': PROGRAMMING, // arguments
  '55006': PASSES, // object in use
  '55P03': PASSES, // lock not available
  '57P01': LOST, // administrator's command
  '57P02': LOST, // crash
  '57P03': LOST, // starting, stopping, recovering
  '57P04': LOST, // the database was dropped
  '57P05': LOST, // idle session
};

/** The one table of what PostgreSQL's error codes mean. */
export function meaningOf(sqlState: string): SqlStateMeaning {
  return EXCEPTIONS[sqlState] ?? CLASSES[sqlState.slice(0, 2)] ?? PROGRAMMING;
}
