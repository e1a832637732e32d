import type { TSchema } from 'typebox';

/** Schema option that marks a field as personal data: masked wherever a payload is shown. */
export const PERSONAL = { personal: true } as const;

/** JSON pointers of the fields marked with {@link PERSONAL}; `*` stands for every element of an array. */
export function personalPointers(schema: TSchema, pointer = ''): readonly string[] {
  if ('personal' in schema && schema['personal'] === true) return [pointer];
  const { properties, items } = schema as { properties?: Record<string, TSchema>; items?: TSchema };
  const inProperties = Object.entries(properties ?? {}).flatMap(([name, child]) =>
    personalPointers(child, `${pointer}/${name}`),
  );
  return items ? [...inProperties, ...personalPointers(items, `${pointer}/*`)] : inProperties;
}
