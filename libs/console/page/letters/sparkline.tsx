import { barsOf, spokenTrend } from './trend.js';

const BAR = 4;
const HEIGHT = 18;

/** How many letters of a group died when, an hour a bar. */
export function Sparkline({ trend }: { readonly trend: readonly number[] }) {
  const said = spokenTrend(trend);
  return (
    <svg class="sparkline" width={trend.length * BAR} height={HEIGHT} role="img" aria-label={said}>
      <title>{said}</title>
      <line x1="0" x2={trend.length * BAR} y1={HEIGHT - 0.5} y2={HEIGHT - 0.5} />
      {barsOf(trend).map((height, hour) => (
        <rect x={hour * BAR} y={HEIGHT - 1 - height * (HEIGHT - 1)} width={BAR - 1} height={height * (HEIGHT - 1)} />
      ))}
    </svg>
  );
}
