/** Reads a T out of an answer; `at` is where in the answer, for the error. */
export type Decode<T> = (value: unknown, at: string) => T;

/** An answer isn't what the contract says. */
export class DecodeError extends Error {
  override readonly name = 'DecodeError';
}

export type Decoded<D> = D extends Decode<infer T> ? T : never;

type Shape = Readonly<Record<string, Decode<unknown>>>;
type May<S extends Shape> = { [Name in keyof S]: undefined extends Decoded<S[Name]> ? Name : never }[keyof S];

/** What the fields of a shape decode to; those that may be missing are optional. */
export type Fields<S extends Shape> = { readonly [Name in Exclude<keyof S, May<S>>]: Decoded<S[Name]> } & {
  readonly [Name in May<S>]?: Decoded<S[Name]>;
};

export const text: Decode<string> = (value, at) => {
  if (typeof value === 'string') return value;
  throw unlike('a string', value, at);
};

/** Ids may be numbers in the service; here they are texts, as on the command line. */
export const id: Decode<string> = (value, at) => (typeof value === 'number' ? String(value) : text(value, at));

export const number: Decode<number> = (value, at) => {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw unlike('a number', value, at);
};

export const flag: Decode<boolean> = (value, at) => {
  if (typeof value === 'boolean') return value;
  throw unlike('true or false', value, at);
};

export const anything: Decode<unknown> = (value) => value;

/** Missing and null are the same. */
export function optional<T>(decode: Decode<T>): Decode<T | undefined> {
  return (value, at) => (value === undefined || value === null ? undefined : decode(value, at));
}

/** The same, for those who tell it by null. */
export function nullable<T>(decode: Decode<T>): Decode<T | null> {
  return (value, at) => (value === undefined || value === null ? null : decode(value, at));
}

/** One of these; what a newer service says beyond them counts as `otherwise`. */
export function oneOf<const T extends string>(values: readonly T[], otherwise: NoInfer<T>): Decode<T> {
  return (value, at) => {
    const given = text(value, at);
    return values.find((known) => known === given) ?? otherwise;
  };
}

export function list<T>(decode: Decode<T>): Decode<readonly T[]> {
  return (value, at) => {
    if (!Array.isArray(value)) throw unlike('a list', value, at);
    return value.map((item: unknown, index) => decode(item, `${at}/${index}`));
  };
}

/** Fields that the shape doesn't name are kept, so that `--json` shows whatever the service says. */
export function object<S extends Shape>(shape: S): Decode<Fields<S>> {
  return (value, at) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw unlike('an object', value, at);
    const fields = new Map(Object.entries(value));
    const decoded = Object.entries(shape).map(([name, decode]) => [name, decode(fields.get(name), `${at}/${name}`)]);
    // Each name of the shape has just been decoded by the decoder that gives the type.
    return { ...value, ...Object.fromEntries(decoded) } as Fields<S>;
  };
}

export function table<T>(decode: Decode<T>): Decode<Readonly<Record<string, T>>> {
  return (value, at) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw unlike('an object', value, at);
    return Object.fromEntries(
      Object.entries(value).map(([name, item]: [string, unknown]) => [name, decode(item, `${at}/${name}`)]),
    );
  };
}

function unlike(wanted: string, value: unknown, at: string): DecodeError {
  const got = value === null ? 'null' : Array.isArray(value) ? 'a list' : typeof value;
  return new DecodeError(`${at === '' ? 'the answer' : at} should be ${wanted} and is ${got}`);
}
