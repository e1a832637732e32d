import { createHash } from 'node:crypto';

/**
 * SHA-256 of what a request says, by its content: the order of keys and parameters, blanks and ways to write a number don't
 * count. Without a query it is that of the body alone, as releases before have stored it.
 */
export function fingerprintOf(body: unknown, query: Readonly<Record<string, unknown>> = {}): Buffer {
  const hash = createHash('sha256').update(canonicalJson(body));
  if (Object.keys(query).length > 0) hash.update('\n').update(canonicalJson(query)); // no JSON of ours has a line end
  return hash.digest();
}

/**
 * JSON with sorted keys. Recursive: its input has been through a parser that bounds the depth, as that of `@waybill/http`
 * does.
 */
export function canonicalJson(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, field]) => `${JSON.stringify(key)}:${canonicalJson(field)}`);
  return `{${fields.join(',')}}`;
}
