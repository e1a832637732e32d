import type { Statement } from './statement.js';

/** How one element goes over the wire; `undefined`: not in this way. */
interface ElementType<Element> {
  readonly oid: number;
  /** @returns the bytes it takes, or `undefined` where the server should judge the value as text. */
  readonly size: (element: unknown) => number | undefined;
  readonly write: (target: Buffer, element: Element, at: number) => unknown;
}

const HEADER_BYTES = 20;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

const integer = (oid: number, size: 2 | 4): ElementType<number> => {
  const most = 2 ** (size * 8 - 1);
  return {
    oid,
    size: (element) =>
      typeof element === 'number' && Number.isInteger(element) && element >= -most && element < most ? size : undefined,
    write: (target, element, at) => target.writeIntBE(element, at, size),
  };
};

const text = (oid: number): ElementType<string> => ({
  oid,
  size: (element) => (typeof element === 'string' ? Buffer.byteLength(element) : undefined),
  write: (target, element, at) => target.write(element, at),
});

/** Sizes and oids are PostgreSQL's (pg_type.dat); the formats those of its `*_recv` functions. */
const TYPES: Readonly<Record<string, ElementType<never>>> = {
  text: text(25),
  json: text(114),
  int: integer(23, 4),
  integer: integer(23, 4),
  smallint: integer(21, 2),
  bigint: {
    oid: 20,
    size: (element) => (typeof element === 'number' && Number.isSafeInteger(element) ? 8 : undefined),
    write: (target, element: number, at) => target.writeBigInt64BE(BigInt(element), at),
  } satisfies ElementType<number>,
  float8: {
    oid: 701,
    size: (element) => (typeof element === 'number' ? 8 : undefined),
    write: (target, element: number, at) => target.writeDoubleBE(element, at),
  } satisfies ElementType<number>,
  uuid: {
    oid: 2950,
    size: (element) => (typeof element === 'string' && UUID.test(element) ? 16 : undefined),
    write: (target, element: string, at) => target.write(element.replaceAll('-', ''), at, 'hex'),
  } satisfies ElementType<string>,
  bytea: {
    oid: 17,
    size: (element) => (Buffer.isBuffer(element) ? element.length : undefined),
    write: (target, element: Buffer, at) => element.copy(target, at),
  } satisfies ElementType<Buffer>,
};

const typesOf = new WeakMap<Statement, readonly (ElementType<never> | undefined)[]>();

/**
 * The values of a statement as the driver should send them: arrays whose parameter is cast (`$1::text[]`) in PostgreSQL's binary
 * format, everything else as it is. The driver writes an array as text, each element escaped and a bytea as hexadecimal digits, and
 * the server reads that back: of a service that sends its rows as arrays a large part of the work. Also an array that doesn't
 * fit its type stays text, so that the server refuses it in its own words.
 */
export function parametersOf(statement: Statement, values: readonly unknown[]): unknown[] {
  let types = typesOf.get(statement);
  if (!types) typesOf.set(statement, (types = castsOf(statement.text)));
  return values.map((value, index) => {
    const type = types[index];
    return type && Array.isArray(value) ? (binaryArray(type, value) ?? value) : value;
  });
}

function castsOf(sql: string): readonly (ElementType<never> | undefined)[] {
  const types: (ElementType<never> | undefined)[] = [];
  for (const [, position, name = ''] of sql.matchAll(/\$(\d+)::(\w+)\[\]/g)) types[Number(position) - 1] = TYPES[name];
  return types;
}

function binaryArray(type: ElementType<never>, elements: readonly unknown[]): Buffer | undefined {
  if (elements.length === 0) return header(Buffer.alloc(12), type, false);
  const sizes: number[] = [];
  let bytes = HEADER_BYTES;
  let hasNull = false;
  for (const element of elements) {
    const isNull = element === null || element === undefined;
    const size = isNull ? 0 : type.size(element);
    if (size === undefined) return undefined;
    hasNull ||= isNull;
    sizes.push(isNull ? -1 : size);
    bytes += 4 + size;
  }
  const target = header(Buffer.allocUnsafe(bytes), type, hasNull);
  target.writeInt32BE(1, 0); // dimensions
  target.writeInt32BE(elements.length, 12);
  target.writeInt32BE(1, 16); // the first index
  let at = HEADER_BYTES;
  for (const [index, element] of elements.entries()) {
    const size = sizes[index] ?? -1;
    target.writeInt32BE(size, at);
    at += 4;
    if (size < 0) continue;
    type.write(target, element as never, at); // its `size` has accepted it
    at += size;
  }
  return target;
}

function header(target: Buffer, { oid }: ElementType<never>, hasNull: boolean): Buffer {
  target.writeInt32BE(0, 0);
  target.writeInt32BE(hasNull ? 1 : 0, 4);
  target.writeInt32BE(oid, 8);
  return target;
}
