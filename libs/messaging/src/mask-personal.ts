import type { MessageContract } from './contract.js';

/** What a contract says about what may be shown. */
export type MaskableContract = Pick<MessageContract, 'type' | 'personal' | 'schema'>;

/** Stands for a value that isn't shown. */
const MASK = '***';

/**
 * A copy in which the fields that the pointers name are {@link MASK}; `*` stands for every element of an array. What isn't
 * shaped as a pointer expects is masked as a whole: a personal field in a wrong place is still personal.
 */
export function maskPersonal(data: unknown, pointers: readonly string[]): unknown {
  return pointers.reduce((masked, pointer) => maskAt(masked, namesIn(pointer)), data);
}

/** The names that a JSON pointer leads through. */
export function namesIn(pointer: string): readonly string[] {
  const names = pointer.split('/').slice(1);
  return names.map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function maskAt(value: unknown, [name, ...rest]: readonly string[]): unknown {
  if (value === undefined || name === undefined) return value === undefined ? undefined : MASK;
  if (name === '*') return Array.isArray(value) ? value.map((element: unknown) => maskAt(element, rest)) : MASK;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return MASK;
  return Object.fromEntries(
    Object.entries(value).map(([key, child]: [string, unknown]) => [key, key === name ? maskAt(child, rest) : child]),
  );
}

/** All texts below a pointer, which is given in its parts; `*` stands for every element of an array. */
export function textsAt(value: unknown, [name, ...rest]: readonly string[]): readonly string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  const children =
    name === undefined || name === '*' ? Object.values(value) : name in value ? [Reflect.get(value, name)] : [];
  return children.flatMap((child: unknown) => textsAt(child, rest));
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const FIELD = /^[A-Za-z_][A-Za-z0-9_]{0,39}$/;
/** From here on a number may be one of a card or a phone. */
const LONG = 1e11;

/** Levels of a payload that are shown; a record may have as many as fit into it, and no answer could carry them. */
const MOST_LEVELS = 32;

export function isTooDeep(value: unknown, levels = MOST_LEVELS): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((child) => isTooDeep(child, levels - 1));
}

/**
 * What has which type where: no text but UUIDs, no long number, of the names of fields only those that look like one, and nothing
 * below {@link MOST_LEVELS} levels.
 */
export function shapeOf(value: unknown, levels = MOST_LEVELS): unknown {
  if (typeof value === 'string') return UUID.test(value) ? value : MASK;
  if (typeof value === 'number') return Math.abs(value) < LONG ? value : MASK;
  if (typeof value !== 'object' || value === null) return value;
  if (levels === 0) return MASK;
  if (Array.isArray(value)) return value.map((element) => shapeOf(element, levels - 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, child]) => [FIELD.test(name) ? name : MASK, shapeOf(child, levels - 1)]),
  );
}

/**
 * A copy in which of fields that the JSON Schema doesn't have only the shape is left. Where it says more of its fields than their
 * names, all stay.
 */
export function shapeUnknown(value: unknown, schema: unknown): unknown {
  if (typeof schema !== 'object' || schema === null) return value;
  const { properties, items, patternProperties, additionalProperties } = schema as Readonly<Record<string, unknown>>;
  if (Array.isArray(value)) return value.map((element) => shapeUnknown(element, items));
  if (typeof value !== 'object' || value === null || typeof properties !== 'object' || properties === null)
    return value;
  if (patternProperties !== undefined || typeof additionalProperties === 'object') return value;
  const known = new Map<string, unknown>(Object.entries(properties));
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, child]: [string, unknown]) =>
      known.has(name)
        ? [[name, shapeUnknown(child, known.get(name))]]
        : Object.entries(shapeOf({ [name]: child }) as object),
    ),
  );
}

/**
 * What anyone may see of a message's data: no personal fields, and of fields that its contract doesn't have only the shape. Of data
 * that no contract speaks for, or another version, only the shape: personal data may be anywhere in it.
 */
export function maskMessage(data: unknown, type: string, contracts: readonly MaskableContract[]): unknown {
  const contract = contracts.find((each) => each.type === type);
  if (contract === undefined || isTooDeep(data)) return shapeOf(data);
  return maskPersonal(shapeUnknown(data, contract.schema), contract.personal);
}
