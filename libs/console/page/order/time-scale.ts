export interface Span {
  readonly from: number;
  readonly to: number;
}

/** A stretch in which nothing happened, drawn as a break. */
export interface Gap extends Span {
  /** Where the break is drawn, 0 to 100. */
  readonly at: number;
  readonly width: number;
}

export interface TimeScale {
  readonly gaps: readonly Gap[];
  /** Where a time is drawn, 0 to 100. */
  place(ms: number): number;
}

/** Of the whole width, for each break. */
const GAP_WIDTH = 4;
/** A stretch is a break if it is longer than this part of all that happened. */
const GAP_PART = 0.2;
const SHORTEST_GAP_MS = 250;

/** Times on a line from 0 to 100. Long stretches in which nothing happened are short breaks, so that what happened can be seen. */
export function timeScale(spans: readonly Span[]): TimeScale {
  const busy = merge(spans);
  const [first, last] = [busy[0]?.from ?? 0, busy.at(-1)?.to ?? 1];
  const work = busy.reduce((sum, { from, to }) => sum + to - from, 0);
  const idle = busy
    .slice(1)
    .map(({ from }, index) => ({ from: busy[index]?.to ?? from, to: from }))
    .filter(({ from, to }) => to - from > Math.max(SHORTEST_GAP_MS, work * GAP_PART))
    .sort((a, b) => b.to - b.from - (a.to - a.from))
    .slice(0, 8) // the longest: a line of breaks would show nothing else
    .sort((a, b) => a.from - b.from);
  const shown = Math.max(1, last - first - idle.reduce((sum, { from, to }) => sum + to - from, 0));
  const perMs = (100 - idle.length * GAP_WIDTH) / shown;
  const place = (ms: number): number => {
    let at = 0;
    let from = first;
    for (const gap of idle) {
      if (ms <= gap.from) break;
      at += (gap.from - from) * perMs;
      const within = Math.min(1, (ms - gap.from) / (gap.to - gap.from));
      at += within * GAP_WIDTH;
      from = gap.to;
      if (within < 1) return at;
    }
    return Math.min(100, Math.max(0, at + Math.max(0, ms - from) * perMs));
  };
  const gaps = idle.map(({ from, to }) => ({ from, to, at: place(from), width: GAP_WIDTH }));
  return { gaps, place };
}

function merge(spans: readonly Span[]): readonly Span[] {
  const merged: { from: number; to: number }[] = [];
  for (const { from, to } of [...spans].sort((a, b) => a.from - b.from)) {
    const last = merged.at(-1);
    if (last && from <= last.to) last.to = Math.max(last.to, to);
    else merged.push({ from, to });
  }
  return merged;
}
