/** A JSON Schema as JSON, without what a library keeps beside it. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** What a change of a schema breaks, and where. */
export interface SchemaBreak {
  /** JSON pointer of the field; `*` stands for every element of an array. */
  readonly pointer: string;
  readonly kind: BreakKind;
  /**
   * `new-reader`: it refuses what was sent before, and waits on the broker, in the outbox and among the dead letters. `old-reader`:
   * replicas and services that aren't updated yet refuse what is sent from now on. `both`: neither understands the other.
   */
  readonly refusedBy: 'new-reader' | 'old-reader' | 'both';
  readonly from: string;
  readonly to: string;
}

export type BreakKind =
  | 'type-changed'
  | 'field-became-required'
  | 'field-became-optional'
  | 'required-field-removed'
  | 'required-field-added'
  | 'optional-field-added'
  | 'optional-field-removed'
  | 'values-added'
  | 'values-removed'
  | 'limit-narrowed'
  | 'limit-widened'
  | 'unknown-fields-refused'
  | 'unknown-fields-allowed'
  | 'rule-changed'
  | 'meaning-changed';

/** Lower bounds refuse what is below, upper ones what is above. */
const LIMITS: Readonly<Record<string, 'lower' | 'upper'>> = {
  minimum: 'lower',
  exclusiveMinimum: 'lower',
  minLength: 'lower',
  minItems: 'lower',
  minProperties: 'lower',
  maximum: 'upper',
  exclusiveMaximum: 'upper',
  maxLength: 'upper',
  maxItems: 'upper',
  maxProperties: 'upper',
};

/** What a limit is that isn't given. */
const NO_LIMIT: Readonly<Record<string, number>> = { minLength: 0, minItems: 0, minProperties: 0 };
/** What a keyword says that isn't given. */
const DEFAULTS: Readonly<Record<string, unknown>> = { uniqueItems: false };
/** Keywords whose elements may stand in any order. */
const SETS = new Set(['allOf', 'anyOf', 'enum', 'oneOf', 'required', 'type']);

/** Read by people, not by validators. */
const ANNOTATIONS = new Set([
  '$comment',
  '$id',
  '$schema',
  'default',
  'deprecated',
  'description',
  'examples',
  'title',
]);
const COMPARED = new Set([
  ...Object.keys(LIMITS),
  'type',
  'enum',
  'required',
  'properties',
  'items',
  'additionalProperties',
  'personal',
]);

/**
 * Every way in which data of one of the schemas is refused by the other, with readers that ignore fields they don't know: an optional field
 * may come and go where unknown ones are ignored, all else is a break. Keywords that it doesn't know may not change at all.
 */
export function compareSchemas(from: JsonSchema, to: JsonSchema, pointer = ''): readonly SchemaBreak[] {
  const found: SchemaBreak[] = [];
  const add = (
    kind: BreakKind,
    refusedBy: SchemaBreak['refusedBy'],
    before: unknown,
    after: unknown,
    at = pointer,
  ): void => void found.push({ pointer: at, kind, refusedBy, from: shown(before), to: shown(after) });

  if (!isSame({ type: from['type'] }, { type: to['type'] })) add('type-changed', 'both', from['type'], to['type']);
  compareValues(from['enum'], to['enum'], add);
  for (const [keyword, side] of Object.entries(LIMITS)) compareLimit(keyword, side, from[keyword], to[keyword], add);
  if (!isSame(from['personal'], to['personal']))
    add('meaning-changed', 'both', { personal: from['personal'] }, { personal: to['personal'] });
  found.push(...compareOthers(from['additionalProperties'], to['additionalProperties'], pointer, add));
  for (const keyword of new Set([...Object.keys(from), ...Object.keys(to)])) {
    if (COMPARED.has(keyword) || ANNOTATIONS.has(keyword)) continue;
    const [before, after] = [from, to].map((schema) => ({ [keyword]: schema[keyword] ?? DEFAULTS[keyword] }));
    if (isSame(before, after)) continue;
    add('rule-changed', 'both', { [keyword]: from[keyword] }, { [keyword]: to[keyword] });
  }
  if (isSchema(from['items']) && isSchema(to['items']))
    found.push(...compareSchemas(from['items'], to['items'], `${pointer}/*`));
  else if (!isSame(from['items'], to['items']))
    add('rule-changed', 'both', { items: from['items'] }, { items: to['items'] });
  return [...found, ...compareFields(from, to, pointer)];
}

function compareFields(from: JsonSchema, to: JsonSchema, pointer: string): readonly SchemaBreak[] {
  const [before, after] = [fieldsOf(from), fieldsOf(to)];
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((name): readonly SchemaBreak[] => {
    const [old, current] = [before.get(name), after.get(name)];
    const at = `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    const made = (kind: BreakKind, refusedBy: SchemaBreak['refusedBy'], was: string, is: string): SchemaBreak => ({
      pointer: at,
      kind,
      refusedBy,
      from: was,
      to: is,
    });
    if (old === undefined) {
      if (current?.required) return [made('required-field-added', 'new-reader', 'nothing', 'required')];
      return isOpen(from) ? [] : [made('optional-field-added', 'old-reader', 'nothing', 'optional')];
    }
    if (current === undefined) {
      if (old.required) return [made('required-field-removed', 'old-reader', 'required', 'nothing')];
      return isOpen(to) ? [] : [made('optional-field-removed', 'new-reader', 'optional', 'nothing')];
    }
    const inside = compareSchemas(old.schema, current.schema, at);
    if (old.required === current.required) return inside;
    const change = current.required
      ? made('field-became-required', 'new-reader', 'optional', 'required')
      : made('field-became-optional', 'old-reader', 'required', 'optional');
    return [change, ...inside];
  });
}

type Add = (kind: BreakKind, refusedBy: SchemaBreak['refusedBy'], before: unknown, after: unknown) => void;

/** Fields that no name is given for: any, those that fit a schema, or none. */
function compareOthers(from: unknown, to: unknown, pointer: string, add: Add): readonly SchemaBreak[] {
  if (isSchema(from) && isSchema(to)) return compareSchemas(from, to, `${pointer}/*`);
  const [before, after] = [from, to].map((rule) => (rule === false ? 0 : isSchema(rule) ? 1 : 2));
  if (before === undefined || after === undefined || before === after) return [];
  if (after < before) add('unknown-fields-refused', 'new-reader', from, to);
  else add('unknown-fields-allowed', 'old-reader', from, to);
  return [];
}

/** Takes fields that it has no name for, whatever is in them. */
function isOpen(schema: JsonSchema): boolean {
  return (schema['additionalProperties'] ?? true) === true;
}

function compareValues(from: unknown, to: unknown, add: Add): void {
  if (isSame(from, to)) return;
  if (!Array.isArray(from) || !Array.isArray(to)) {
    if (to === undefined) add('values-added', 'old-reader', from, 'any value');
    else if (from === undefined) add('values-removed', 'new-reader', 'any value', to);
    return;
  }
  const added = to.filter((value) => !from.some((other) => isSame(value, other)));
  const removed = from.filter((value) => !to.some((other) => isSame(value, other)));
  if (added.length > 0) add('values-added', 'old-reader', from, to);
  if (removed.length > 0) add('values-removed', 'new-reader', from, to);
}

function compareLimit(keyword: string, side: 'lower' | 'upper', from: unknown, to: unknown, add: Add): void {
  if (from === to) return;
  const none = NO_LIMIT[keyword] ?? (side === 'lower' ? -Infinity : Infinity);
  const [before, after] = [Number(from ?? none), Number(to ?? none)];
  if (before === after) return;
  const narrowed = side === 'lower' ? after > before : after < before;
  add(
    narrowed ? 'limit-narrowed' : 'limit-widened',
    narrowed ? 'new-reader' : 'old-reader',
    { [keyword]: from },
    { [keyword]: to },
  );
}

interface Field {
  readonly schema: JsonSchema;
  readonly required: boolean;
}

/** A name that is required without a schema of its own is a field of any kind. */
function fieldsOf(schema: JsonSchema): ReadonlyMap<string, Field> {
  const properties = isSchema(schema['properties']) ? schema['properties'] : {};
  const required: readonly unknown[] = Array.isArray(schema['required']) ? schema['required'] : [];
  const names = new Set([...Object.keys(properties), ...required.filter((name) => typeof name === 'string')]);
  return new Map(
    [...names].map((name) => {
      const own = properties[name];
      return [name, { schema: isSchema(own) ? own : {}, required: required.includes(name) }];
    }),
  );
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isSame(one: unknown, other: unknown): boolean {
  return canonical(one) === canonical(other);
}

function shown(value: unknown): string {
  return typeof value === 'string' ? value : (canonical(value) ?? 'nothing');
}

/** The order of a schema's keywords says nothing; that of an array does, but where it is a set. */
function canonical(value: unknown): string | undefined {
  return JSON.stringify(value, (name, inner: unknown) => {
    if (isSchema(inner)) return Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)));
    return SETS.has(name) && Array.isArray(inner) ? inner.toSorted(byCanonical) : inner;
  });
}

function byCanonical(one: unknown, other: unknown): number {
  return (canonical(one) ?? '') < (canonical(other) ?? '') ? -1 : 1;
}
