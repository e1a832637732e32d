/** What letters are told apart by, as the address and the services name it. */
export const FIELDS = ['fingerprint', 'type', 'handler', 'key', 'error', 'topic', 'since', 'until', 'ids'] as const;

export type LetterFilter = Readonly<Partial<Record<(typeof FIELDS)[number], string>>>;

/** What the address asks for. */
export function filterIn(query: URLSearchParams): LetterFilter {
  return Object.fromEntries(
    FIELDS.flatMap((name) => ((query.get(name) ?? '') === '' ? [] : [[name, query.get(name)]])),
  );
}

/** As a body has it: ids are a list there. */
export function bodyOf({ ids, ...filter }: LetterFilter): Readonly<Record<string, unknown>> {
  return ids === undefined ? filter : { ...filter, ids: ids.split(',') };
}

/** As a replay run was asked for it; what the page has no word for is left out. */
export function filterOfRun(asked: Readonly<Record<string, unknown>> | null): LetterFilter {
  return Object.fromEntries(
    FIELDS.flatMap((name) => {
      const value = asked?.[name];
      if (Array.isArray(value)) return [[name, value.join(',')]];
      return typeof value === 'string' ? [[name, value]] : [];
    }),
  );
}
