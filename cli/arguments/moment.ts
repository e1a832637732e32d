import { CliError } from '../cli.errors.js';

const UNIT_MS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;
const UNITS = new Map<string, number>(Object.entries(UNIT_MS));
const ISO = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/i;

/** The years that the services take: 1 to 9999. */
const [FIRST_MS, LAST_MS] = [Date.parse('0001-01-01T00:00:00Z'), Date.parse('9999-12-31T23:59:59.999Z')];

/** `30m`, `2h`, `7d`, `1h30m`: in milliseconds; undefined if it's none of these. */
export function parseDuration(text: string): number | undefined {
  if (!/^(?:\d+(?:\.\d+)?[smhdw])+$/.test(text)) return undefined;
  return [...text.matchAll(/([\d.]+)([smhdw])/g)].reduce(
    (sum, [, amount, unit = '']) => sum + Number(amount) * (UNITS.get(unit) ?? Number.NaN),
    0,
  );
}

/**
 * A point in time as ISO 8601 UTC: given as ISO 8601 (without a zone: local time), or as a duration, meaning that long ago.
 * @throws CliError BAD_ARGUMENT
 */
export function parseMoment(text: string, option: string, nowMs: number): string {
  const agoMs = parseDuration(text);
  const ms = agoMs === undefined ? isoMs(text) : nowMs - agoMs;
  if (!(ms >= FIRST_MS && ms <= LAST_MS)) {
    throw new CliError(
      'BAD_ARGUMENT',
      `${option} is "${text}"; write it as 30m, 2h, 7d, or ISO 8601 such as 2026-11-25T03:00:00Z.`,
    );
  }
  return new Date(ms).toISOString();
}

function isoMs(text: string): number {
  if (!ISO.test(text)) return Number.NaN;
  const dateOnly = /^\d{4}-\d{2}-\d{2}$/.test(text);
  const ms = Date.parse(dateOnly ? `${text}T00:00` : text.replace(' ', 'T')); // a bare date would be read as UTC
  return dateRollsOver(text) ? Number.NaN : ms;
}

/** JavaScript reads 30 February as 2 March. */
function dateRollsOver(text: string): boolean {
  const day = new Date(`${text.slice(0, 10)}T00:00:00Z`);
  return Number.isNaN(day.getTime()) || day.toISOString().slice(0, 10) !== text.slice(0, 10);
}
