const STEPS = [
  ['d', 86_400],
  ['h', 3600],
  ['m', 60],
  ['s', 1],
] as const;

/** A length of time in its two largest units: `2d 3h`, `5m 20s`, `0s`. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const first = STEPS.findIndex(([, size]) => whole >= size);
  if (first === -1) return '0s';
  let rest = whole;
  return STEPS.slice(first, first + 2)
    .flatMap(([unit, size]) => {
      const amount = Math.floor(rest / size);
      rest %= size;
      return amount === 0 ? [] : [`${amount}${unit}`];
    })
    .join(' ');
}

export function secondsSince(iso: string, nowMs: number): number {
  return (nowMs - Date.parse(iso)) / 1000;
}

/** How long ago, or an empty text where there is no time. */
export function age(iso: string | undefined, nowMs: number): string {
  return iso === undefined || Number.isNaN(Date.parse(iso)) ? '' : duration(secondsSince(iso, nowMs));
}

export function counted(count: number, thing: string, things = `${thing}s`): string {
  return `${amount(count)} ${count === 1 ? thing : things}`;
}

/** What stands below a list. */
export function listed(count: number, thing: string, isMore: boolean): string {
  return `${counted(count, thing)}${isMore ? ', and there are more; --limit shows them' : ''}.`;
}

export function amount(count: number): string {
  return count.toLocaleString('en-US');
}
