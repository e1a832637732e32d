/** Exponential with full jitter above half: the first pause is about `baseMs`, none exceeds `maxMs`. */
export function backoffMs(failures: number, baseMs: number, maxMs: number): number {
  const pause = Math.min(maxMs, baseMs * 2 ** Math.min(failures - 1, 30));
  return pause / 2 + Math.random() * (pause / 2);
}
