export interface Page<T> {
  readonly items: readonly T[];
  readonly nextCursor?: string | undefined;
}

const PAGE = 100;

/** At most `limit` items, page by page. */
export async function takePages<T>(
  limit: number,
  page: (limit: number, cursor: string | undefined) => Promise<Page<T>>,
): Promise<readonly T[]> {
  const items: T[] = [];
  let cursor: string | undefined;
  while (items.length < limit) {
    const next = await page(Math.min(PAGE, limit - items.length), cursor);
    items.push(...next.items);
    cursor = next.nextCursor;
    if (cursor === undefined) break;
  }
  return items.slice(0, limit);
}
