/** Stands for a value that isn't shown. */
const MASK = '***';

/**
 * A copy in which the fields that the pointers name are {@link MASK}; `*` stands for every element of an array. What isn't
 * shaped as a pointer expects is masked as a whole: a personal field in a wrong place is still personal.
 */
export function maskPersonal(data: unknown, pointers: readonly string[]): unknown {
  return pointers.reduce((masked, pointer) => maskAt(masked, pointer.split('/').slice(1)), data);
}

function maskAt(value: unknown, [name, ...rest]: readonly string[]): unknown {
  if (value === undefined || name === undefined) return value === undefined ? undefined : MASK;
  if (name === '*') return Array.isArray(value) ? value.map((element: unknown) => maskAt(element, rest)) : MASK;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return MASK;
  return Object.fromEntries(
    Object.entries(value).map(([key, child]: [string, unknown]) => [key, key === name ? maskAt(child, rest) : child]),
  );
}
