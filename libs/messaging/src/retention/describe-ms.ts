const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
] as const;

/** `1296000000 ms (15 d)`: the value of the setting, and what a person reads. */
export function describeMs(ms: number): string {
  const unit = UNITS.find(([, size]) => ms >= size);
  if (unit === undefined) return `${ms} ms`;
  const [name, size] = unit;
  return `${ms} ms (${Math.round((ms / size) * 10) / 10} ${name})`;
}
