import { ago, exact } from '../format.js';
import { now } from '../live.js';

/** How long ago, with the exact time when it is pointed at. */
export function Time({ at }: { readonly at: string }) {
  return (
    <time dateTime={at} title={exact(at)}>
      {ago(at, now.value)}
    </time>
  );
}
