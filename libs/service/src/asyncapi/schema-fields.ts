/** One field of a JSON Schema, for people. */
export interface SchemaField {
  /** `items[].sku` */
  readonly path: string;
  readonly type: string;
  readonly isRequired: boolean;
  /** What is true of its values: limits, choices, a description. */
  readonly note: string;
}

/** What is read of a schema; the rest stays in the document. */
interface Schema {
  readonly type?: string | readonly string[];
  readonly const?: string;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly description?: string;
  readonly format?: string;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly 'x-personal'?: boolean;
}

/** All fields of an object, those of its objects and arrays with their paths. */
export function schemaFields(schema: object, prefix = ''): readonly SchemaField[] {
  const { properties = {}, required = [] } = schema as Schema; // a contract's, which its own compiler has taken
  return Object.entries(properties).flatMap(([name, child]) => {
    const path = prefix + name;
    const { items } = child;
    const field = { path, type: typeOf(child), isRequired: required.includes(name), note: noteOn(child) };
    const isNothingItself = child.properties !== undefined && field.isRequired && field.note === '';
    return [
      ...(isNothingItself ? [] : [field]),
      ...schemaFields(child, `${path}.`),
      ...(items ? schemaFields(items, `${path}[].`) : []),
    ];
  });
}

function typeOf({ type, const: only, items, format }: Schema): string {
  if (items) return `array of ${typeOf(items)}s`;
  if (format !== undefined) return format;
  if (only !== undefined || type === undefined) return 'string';
  return typeof type === 'string' ? type : type.join(' or ');
}

function noteOn(schema: Schema): string {
  const { const: only, enum: choices, pattern, description } = schema;
  const notes = [
    ...(only === undefined ? [] : [`always ${only}`]),
    ...(choices === undefined ? [] : [choices.join(', ')]),
    ...range(schema.minimum, schema.maximum, ''),
    ...range(schema.minLength, schema.maxLength, ' characters'),
    ...range(schema.minItems, schema.maxItems, ' elements'),
    ...(pattern === undefined ? [] : [`matches ${pattern}`]),
    ...(schema['x-personal'] ? ['personal data'] : []),
    ...(description === undefined ? [] : [description]),
  ];
  return notes.join('; ');
}

function range(min: number | undefined, max: number | undefined, unit: string): readonly string[] {
  const most = max === Number.MAX_SAFE_INTEGER ? undefined : max?.toLocaleString('en');
  if (min !== undefined && most !== undefined) return [`${min} to ${most}${unit}`];
  if (most !== undefined) return [`at most ${most}${unit}`];
  return min === undefined ? [] : [`at least ${min}${unit}`];
}
