/** What became of the letters of a replay. Pending: tried, and not known yet. */
export interface Tally {
  readonly replayed: number;
  readonly skipped: number;
  readonly failed: number;
  readonly pending: number;
}

export const NOTHING: Tally = { replayed: 0, skipped: 0, failed: 0, pending: 0 };

export function add(a: Tally, b: Tally): Tally {
  return combine(a, b, (x, y) => x + y);
}

export function without(a: Tally, b: Tally): Tally {
  return combine(a, b, (x, y) => Math.max(0, x - y));
}

export function known({ replayed, skipped, failed }: Tally): number {
  return replayed + skipped + failed;
}

function combine(a: Tally, b: Tally, by: (x: number, y: number) => number): Tally {
  return {
    replayed: by(a.replayed, b.replayed),
    skipped: by(a.skipped, b.skipped),
    failed: by(a.failed, b.failed),
    pending: by(a.pending, b.pending),
  };
}
