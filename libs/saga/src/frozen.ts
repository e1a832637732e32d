/**
 * A copy of a saga's data in which nothing can be changed. A definition's functions get no other: what they changed in place
 * would be lost, as a row's data is written only where a reply's `apply` returned other data. Now it throws there.
 * What is neither array nor plain object is taken as it is. What is frozen already isn't copied.
 */
export function frozen<Data>(data: Data): Data {
  if (Object.isFrozen(data)) return data; // also of what isn't an object
  if (Array.isArray(data)) return Object.freeze(data.map(frozen)) as Data;
  if (typeof data !== 'object' || data === null || !isPlain(data)) return data;
  const copy = { ...data } as Record<string, unknown>; // a plain object
  for (const key of Object.keys(copy)) copy[key] = frozen(copy[key]);
  return Object.freeze(copy) as Data;
}

/** Also of another realm, under Jest. */
function isPlain(data: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(data);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
