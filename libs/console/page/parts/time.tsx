import { ago, exact } from '../format.js';
import { now } from '../live.js';

/** How long ago, with the exact time for whoever points at it. */
export function Time({ at }: { readonly at: string }) {
  return (
    <time dateTime={at} title={exact(at)}>
      {ago(at, now.value)}
    </time>
  );
}
