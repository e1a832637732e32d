/** What PostgreSQL says of an error beside its message, as `pg` hands it over. */
interface DatabaseError extends Error {
  readonly code: string;
  readonly severity: string;
  readonly constraint?: string;
  readonly table?: string;
  readonly column?: string;
}

/**
 * The message of an error as it may be logged and stored. PostgreSQL quotes values in its messages (`invalid input syntax
 * for type uuid: "…"`), and TypeORM repeats them, so of its errors only what they are and where is kept: SQLSTATE,
 * constraint, table, column. Of any other error the message itself.
 */
export function safeMessage(error: Error): string {
  const failure = databaseErrorIn(error);
  if (failure === undefined) return error.message;
  const { code, constraint, table, column } = failure;
  const places = Object.entries({ constraint, table, column }).flatMap(([what, name]) =>
    name === undefined ? [] : [`${what} ${name}`],
  );
  return `PostgreSQL error ${code}${places.length === 0 ? '' : ` (${places.join(', ')})`}`;
}

/** The stack of an error under its {@link safeMessage}. */
export function safeStack(error: Error): string {
  if (typeof error.stack !== 'string') return `${error.name}: ${safeMessage(error)}`;
  if (databaseErrorIn(error) === undefined) return error.stack;
  const frames = error.stack.split('\n').filter((line) => /^\s+at /.test(line));
  return [`${error.name}: ${safeMessage(error)}`, ...frames].join('\n');
}

/** The error itself, or the one that TypeORM wraps. */
function databaseErrorIn(error: Error): DatabaseError | undefined {
  if (isDatabaseError(error)) return error;
  const driverError: unknown = Reflect.get(error, 'driverError');
  return isDatabaseError(driverError) ? driverError : undefined;
}

function isDatabaseError(error: unknown): error is DatabaseError {
  if (!(error instanceof Error) || !('code' in error) || !('severity' in error)) return false;
  return typeof error.code === 'string' && /^[0-9A-Z]{5}$/.test(error.code) && typeof error.severity === 'string';
}
