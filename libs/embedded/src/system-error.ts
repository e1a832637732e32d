/**
 * The code of an error from the operating system ("EEXIST"), if it is one. Not by `instanceof Error`: under Jest, Node's own errors
 * come from another realm.
 */
export function systemErrorCode(error: unknown): string | undefined {
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined;
}
