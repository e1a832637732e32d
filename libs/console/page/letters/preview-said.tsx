import type { ReplayPreview } from '../bodies.js';
import { count, words } from '../format.js';

/** What a replay would do. */
export function PreviewSaid({ preview: { count: all, keys, items } }: { readonly preview: ReplayPreview }) {
  const runs = items.filter((item) => item.runs).length;
  const behind = items.reduce((sum, item) => sum + item.behind, 0);
  const upcasters = [...new Set(items.flatMap((item) => item.upcasters))];
  const reasons = new Map<string, number>();
  for (const { reason } of items) if (reason !== undefined) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  return (
    <div class="notice good" role="status">
      <p>
        <strong>
          {count(all)} {all === 1 ? 'letter' : 'letters'} of {count(keys)} {keys === 1 ? 'key' : 'keys'}.
        </strong>{' '}
        {items.length < all && `Of the oldest ${count(items.length)}: `}
        {count(runs)} would run, {count(behind)} parked messages follow them.
      </p>
      {[...reasons].map(([reason, number]) => (
        <p>
          {count(number)} would not: {words(reason)}.
        </p>
      ))}
      {upcasters.length > 0 && (
        <p>
          Lifted on the way: <code>{upcasters.join(', ')}</code>
        </p>
      )}
    </div>
  );
}
