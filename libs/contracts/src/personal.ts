import type { TSchema } from 'typebox';

/** Schema option that marks a field as personal data: masked wherever a payload is shown. */
export const PERSONAL = { personal: true } as const;

/** JSON pointers (RFC 6901) of the fields marked with {@link PERSONAL}, in whichever branch; `*` stands for every element of an array, or entry of a record. */
export function personalPointers(schema: TSchema, pointer = ''): readonly string[] {
  if ('personal' in schema && schema['personal'] === true) return [pointer];
  const { properties, items, anyOf, allOf, oneOf, patternProperties, additionalProperties } = schema as Nested;
  const inside = (children: readonly unknown[], at: string) =>
    children.filter(isSchema).flatMap((child) => personalPointers(child, at));
  return [
    ...new Set([
      ...Object.entries(properties ?? {}).flatMap(([name, child]) => inside([child], `${pointer}/${escaped(name)}`)),
      ...inside(
        [items, patternProperties && Object.values(patternProperties), additionalProperties].flat(),
        `${pointer}/*`,
      ),
      ...inside([anyOf, allOf, oneOf].flat(), pointer),
    ]),
  ];
}

function escaped(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}

interface Nested {
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly patternProperties?: Readonly<Record<string, unknown>>;
  readonly items?: unknown;
  readonly additionalProperties?: unknown;
  readonly anyOf?: readonly unknown[];
  readonly allOf?: readonly unknown[];
  readonly oneOf?: readonly unknown[];
}

function isSchema(value: unknown): value is TSchema {
  return typeof value === 'object' && value !== null;
}
