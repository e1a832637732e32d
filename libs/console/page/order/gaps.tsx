import { duration } from '../format.js';
import type { TimeScale } from './time-scale.js';

/** Bands where nothing happened, drawn short. */
export function Gaps({ scale }: { readonly scale: TimeScale }) {
  return (
    <>
      {scale.gaps.map(({ at, width, from, to }) => (
        <rect class="gap" x={`${at}%`} width={`${width}%`} y="0" height="100%">
          <title>{`${duration(to - from)} in which nothing happened`}</title>
        </rect>
      ))}
    </>
  );
}
