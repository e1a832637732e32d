/** One page of a list, newest first. */
export interface Page<Item> {
  readonly items: readonly Item[];
  /** Asks for the next page; `null`: this was the last one. */
  readonly nextCursor: string | null;
}

/** Makes a page of up to `limit + 1` rows: the row too many only says that there is a next page. */
export function pageOf<Row, Item>(
  rows: readonly Row[],
  limit: number,
  toItem: (row: Row) => Item,
  cursorOf: (last: Row) => string,
): Page<Item> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map(toItem),
    nextCursor: rows.length > limit && last !== undefined ? cursorOf(last) : null,
  };
}
