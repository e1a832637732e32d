import type { QueryConfig } from 'pg';

import { parametersOf } from './array-parameters.js';
import type { Statement } from './statement.js';

/** A statement with its values as pg takes them. pg's types don't know of `query_timeout`. */
export function preparedQuery(
  statement: Statement,
  values: readonly unknown[],
): QueryConfig & { readonly query_timeout: number | undefined } {
  const { name, text, queryTimeoutMs } = statement;
  return { name, text, values: parametersOf(statement, values), query_timeout: queryTimeoutMs };
}
