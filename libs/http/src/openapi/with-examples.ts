import type { OpenAPIObject } from '@nestjs/swagger';

/** What is read of a JSON Schema to make an example of it. */
interface Schema {
  readonly $ref?: string;
  readonly allOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly example?: unknown;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
}

const OF_FORMATS: Readonly<Record<string, string>> = {
  uuid: '0197d6a4-5c1e-7b3a-9c55-0a1b2c3d4e5f',
  'date-time': '2026-11-29T10:15:00.000Z',
};

/**
 * The same document with a whole example for each body, of a request or an answer, put together from those of the fields
 * that it must have; and with these
 * as OpenAPI 3.1 has them, which took `example` of a schema from 3.0 for JSON Schema's `examples`.
 */
export function withExamples(document: OpenAPIObject): OpenAPIObject {
  const schemas = (document.components?.schemas ?? {}) as Readonly<Record<string, Schema>>; // plain data
  return rewrite(document, (node) => {
    if (isMediaType(node) && !('example' in node) && !('examples' in node)) {
      return { ...node, example: exampleOf(node.schema, schemas) };
    }
    return node;
  }) as OpenAPIObject;
}

interface MediaType {
  readonly schema: Schema;
}

/** Only contents have a schema beside nothing but examples; parameters have names, headers descriptions. */
function isMediaType(node: object): node is MediaType {
  return 'schema' in node && !('name' in node) && !('description' in node);
}

function rewrite(node: unknown, change: (node: object) => object): unknown {
  if (Array.isArray(node)) return node.map((each) => rewrite(each, change));
  if (typeof node !== 'object' || node === null) return node;
  const changed = change(node);
  return Object.fromEntries(
    Object.entries(changed).map(([name, value]) => {
      // Data, and the maps of fields, whose names mean nothing here.
      if (name === 'example' || name === 'examples' || name === 'default') return [name, value];
      if (name === 'schema') return [name, modern(value)];
      if (name === 'schemas' && isMap(value)) {
        return [name, Object.fromEntries(Object.entries(value).map(([key, schema]) => [key, modern(schema)]))];
      }
      return [name, rewrite(value, change)];
    }),
  );
}

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

/** A schema of 3.1: `example` is `examples`. */
function modern(schema: unknown): unknown {
  if (!isMap(schema)) return schema;
  return Object.fromEntries(
    Object.entries(schema).map(([name, value]) => {
      if (name === 'example') return ['examples', [value]];
      if (name === 'properties' && isMap(value)) {
        return [name, Object.fromEntries(Object.entries(value).map(([key, child]) => [key, modern(child)]))];
      }
      if (Array.isArray(value) && /^(?:allOf|anyOf|oneOf)$/.test(name)) return [name, value.map(modern)];
      return [name, name === 'items' || name === 'additionalProperties' ? modern(value) : value];
    }),
  );
}

function exampleOf(schema: Schema, schemas: Readonly<Record<string, Schema>>): unknown {
  const { $ref, allOf, oneOf, type, format = '', properties, required = [], items } = schema;
  if (schema.example !== undefined) return schema.example;
  if ($ref !== undefined) return exampleOf(schemas[$ref.slice($ref.lastIndexOf('/') + 1)] ?? {}, schemas);
  if (allOf) return Object.assign({}, ...allOf.map((each) => exampleOf(each, schemas)));
  if (oneOf?.[0]) return exampleOf(oneOf[0], schemas);
  if (schema.default !== undefined) return schema.default;
  if (schema.enum) return schema.enum[0];
  if (items) return [exampleOf(items, schemas)];
  if (properties) {
    const named = Object.entries(properties).filter(([name]) => required.includes(name));
    return Object.fromEntries(named.map(([name, child]) => [name, exampleOf(child, schemas)]));
  }
  if (OF_FORMATS[format] !== undefined) return OF_FORMATS[format];
  if (type === undefined || (Array.isArray(type) && type.includes('null'))) return null;
  return (
    { integer: schema.minimum ?? 1, number: schema.minimum ?? 1, boolean: true, string: 'text' }[String(type)] ?? {}
  );
}
