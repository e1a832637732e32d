import { hrefOf, query } from '../router.js';

interface PagesProps {
  /** Of the list, without `/console`. */
  readonly list: string;
  /** Of the page that is shown. */
  readonly nextCursor: string | null | undefined;
  /** What its beginning and the rest are called. */
  readonly first: string;
  readonly next: string;
}

/** To the list's beginning and to its next page; as links, so that the back button goes through them. */
export function Pages({ list, nextCursor, first, next }: PagesProps) {
  const given = Object.fromEntries(query.value);
  return (
    <nav class="pages" aria-label="Pages">
      {given['cursor'] !== undefined && <a href={hrefOf(list, { ...given, cursor: '' })}>← {first}</a>}
      {nextCursor != null && <a href={hrefOf(list, { ...given, cursor: nextCursor })}>{next} →</a>}
    </nav>
  );
}
