import type { Reader } from './reader.js';
import type { Writer } from './writer.js';

/** How a value of type R travels in one version of one message; writing accepts W (with defaults left out). */
export interface Wire<R, W = R> {
  read(reader: Reader): R;
  write(writer: Writer, value: W): void;
}

/**
 * A type in a message's description. `wire` compiles it for one version: undefined if that version doesn't have it.
 * Messages are described once, for all versions; nothing is written by hand per version.
 */
export interface Type<R, W = R> {
  wire(version: number, flexible: boolean): Wire<R, W> | undefined;
  /** What a reader gets, and a writer may leave out, where the version lacks the field. */
  readonly absent?: { readonly value: R };
}

export type Fields = Readonly<Record<string, Type<unknown>>>;
export type ReadValue<T> = T extends Type<infer R, infer _W> ? R : never;
export type WriteValue<T> = T extends Type<infer _R, infer W> ? W : never;

type OptionalNames<F> = { [K in keyof F]: undefined extends WriteValue<F[K]> ? K : never }[keyof F];
export type ReadStruct<F> = { readonly [K in keyof F]: ReadValue<F[K]> };
export type WriteStruct<F> = { readonly [K in Exclude<keyof F, OptionalNames<F>>]: WriteValue<F[K]> } & {
  readonly [K in OptionalNames<F>]?: WriteValue<F[K]>;
};

const always = <R, W = R>(wire: Wire<R, W>): Type<R, W> => ({ wire: () => wire });

/** A type whose encoding is compact in flexible versions. */
const byFlexibility = <R>(classic: Wire<R>, compact: Wire<R>): Type<R> => ({
  wire: (_version, flexible) => (flexible ? compact : classic),
});

export const int8 = always<number>({ read: (r) => r.int8(), write: (w, v) => w.int8(v) });
export const int16 = always<number>({ read: (r) => r.int16(), write: (w, v) => w.int16(v) });
export const int32 = always<number>({ read: (r) => r.int32(), write: (w, v) => w.int32(v) });
export const int64 = always<number>({ read: (r) => r.int64(), write: (w, v) => w.int64(v) });
export const boolean = always<boolean>({ read: (r) => r.int8() !== 0, write: (w, v) => w.int8(v ? 1 : 0) });
/** Sixteen bytes as 32 hexadecimal digits. */
export const uuid = always<string>({
  read: (r) => r.bytes(16).toString('hex'),
  write: (w, v) => w.bytes(Buffer.from(v, 'hex')),
});

const writeClassicBytes = (w: Writer, v: Buffer | null, writeLength: (length: number) => void): void => {
  writeLength(v === null ? -1 : v.length);
  if (v !== null) w.bytes(v);
};
const writeCompactBytes = (w: Writer, v: Buffer | null): void => {
  w.unsignedVarint(v === null ? 0 : v.length + 1);
  if (v !== null) w.bytes(v);
};
const readOrNull = (r: Reader, length: number): Buffer | null => (length < 0 ? null : r.bytes(length));

const bytesOf = (r: Reader): Buffer => r.bytes(r.int32());
const compactBytesOf = (r: Reader): Buffer => r.bytes(r.unsignedVarint() - 1);

export const bytes = byFlexibility<Buffer>(
  { read: bytesOf, write: (w, v) => writeClassicBytes(w, v, (length) => w.int32(length)) },
  { read: compactBytesOf, write: writeCompactBytes },
);
export const nullableBytes = byFlexibility<Buffer | null>(
  { read: (r) => readOrNull(r, r.int32()), write: (w, v) => writeClassicBytes(w, v, (length) => w.int32(length)) },
  { read: (r) => readOrNull(r, r.unsignedVarint() - 1), write: writeCompactBytes },
);

const utf8 = (value: Buffer | null): string | null => (value === null ? null : value.toString('utf8'));
const encoded = (value: string | null): Buffer | null => (value === null ? null : Buffer.from(value, 'utf8'));

export const string = byFlexibility<string>(
  {
    read: (r) => r.bytes(r.int16()).toString('utf8'),
    write: (w, v) => writeClassicBytes(w, encoded(v), (length) => w.int16(length)),
  },
  { read: (r) => compactBytesOf(r).toString('utf8'), write: (w, v) => writeCompactBytes(w, encoded(v)) },
);
export const nullableString = byFlexibility<string | null>(
  {
    read: (r) => utf8(readOrNull(r, r.int16())),
    write: (w, v) => writeClassicBytes(w, encoded(v), (length) => w.int16(length)),
  },
  { read: (r) => utf8(readOrNull(r, r.unsignedVarint() - 1)), write: (w, v) => writeCompactBytes(w, encoded(v)) },
);

const readCount = (r: Reader, flexible: boolean): number => (flexible ? r.unsignedVarint() - 1 : r.int32());
const writeCount = (w: Writer, flexible: boolean, count: number): void =>
  flexible ? w.unsignedVarint(count + 1) : w.int32(count);

const presentWire = <R, W>(type: Type<R, W>, version: number, flexible: boolean): Wire<R, W> => {
  const wire = type.wire(version, flexible);
  if (wire === undefined) throw new Error('the element type of an array exists in every version of its array');
  return wire;
};

const readElements = <R>(r: Reader, element: { read(reader: Reader): R }, count: number): R[] => {
  const values: R[] = [];
  for (let left = r.claimElements(count); left > 0; left--) values.push(element.read(r));
  return values;
};

export const array = <R, W>(type: Type<R, W>): Type<readonly R[], readonly W[]> => ({
  wire: (version, flexible) => {
    const element = presentWire(type, version, flexible);
    return {
      // Old versions say "none" by null here and there; an array that isn't nullable takes it as empty.
      read: (r) => readElements(r, element, Math.max(0, readCount(r, flexible))),
      write: (w, values) => {
        writeCount(w, flexible, values.length);
        for (const value of values) element.write(w, value);
      },
    };
  },
});

export const nullableArray = <R, W>(type: Type<R, W>): Type<readonly R[] | null, readonly W[] | null> => ({
  wire: (version, flexible) => {
    const element = presentWire(type, version, flexible);
    return {
      read: (r) => {
        const count = readCount(r, flexible);
        return count < 0 ? null : readElements(r, element, count);
      },
      write: (w, values) => {
        writeCount(w, flexible, values === null ? -1 : values.length);
        for (const value of values ?? []) element.write(w, value);
      },
    };
  },
});

/** Fields in their order on the wire. In flexible versions tagged fields follow: none are written, all are skipped. */
export const struct = <F extends Fields>(fields: F): Type<ReadStruct<F>, WriteStruct<F>> => ({
  wire: (version, flexible) => {
    const compiled = Object.entries(fields).map(([name, type]) => ({ name, type, wire: type.wire(version, flexible) }));
    return {
      read: (r) => {
        const value: Record<string, unknown> = {};
        for (const { name, type, wire } of compiled)
          value[name] = wire === undefined ? type.absent?.value : wire.read(r);
        if (flexible) skipTaggedFields(r);
        return value as ReadStruct<F>; // Built above from the same `fields`, name by name.
      },
      write: (w, value) => {
        const named = value as Readonly<Record<string, unknown>>; // The names of a WriteStruct<F> are those of `fields`.
        for (const { name, type, wire } of compiled) wire?.write(w, named[name] ?? type.absent?.value ?? null);
        if (flexible) w.unsignedVarint(0);
      },
    };
  },
});

export const skipTaggedFields = (r: Reader): void => {
  for (let left = r.claimElements(r.unsignedVarint()); left > 0; left--) {
    r.unsignedVarint();
    r.bytes(r.unsignedVarint());
  }
};

/** A field of the versions first..last alone; elsewhere its readers get `absent`, and writers may leave it out. */
export const between = <R, W>(first: number, last: number, type: Type<R, W>, absent: R): Type<R, W | undefined> => ({
  absent: { value: absent },
  wire: (version, flexible) => {
    if (version < first || version > last) return undefined;
    const wire = presentWire(type, version, flexible);
    // A struct fills a field that was left out with `absent`, which is of the written type wherever defaults are used.
    return { read: (r) => wire.read(r), write: (w, v) => wire.write(w, v as W) };
  },
});

export const since = <R, W>(first: number, type: Type<R, W>, absent: R): Type<R, W | undefined> =>
  between(first, Number.MAX_SAFE_INTEGER, type, absent);

export const until = <R, W>(last: number, type: Type<R, W>, absent: R): Type<R, W | undefined> =>
  between(0, last, type, absent);

/** A field that every version has and writers may leave out. */
export const optional = <R, W>(type: Type<R, W>, absent: R): Type<R, W | undefined> => since(0, type, absent);
