const RFC_3339 =
  /^(\d{4}-\d\d-\d\d)[Tt]([01]\d|2[0-3])(:[0-5]\d:[0-5]\d)(?:\.(\d{1,9}))?([Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;

/** Beyond these, databases and other languages disagree about what a time is. */
const FIRST_MS = Date.parse('0001-01-01T00:00:00Z');
const LAST_MS = Date.parse('9999-12-31T23:59:59.999Z');

/**
 * The one parser of times that come from outside: a date and time of RFC 3339, with its zone, of the years 1 to 9999; parts of
 * a millisecond are cut off. `undefined` for anything else, also where JavaScript or PostgreSQL would guess: `yesterday`, week
 * dates, 30 February, a time without a zone, 24:00, a leap second.
 */
export function parseRfc3339(text: string): Date | undefined {
  const [, date = '', hours = '', rest = '', fraction = '', zone = ''] = RFC_3339.exec(text) ?? [];
  if (date === '' || !isDate(date)) return undefined;
  const time = new Date(`${date}T${hours}${rest}.${fraction.padEnd(3, '0').slice(0, 3)}${zone.toUpperCase()}`);
  return time.getTime() >= FIRST_MS && time.getTime() <= LAST_MS ? time : undefined;
}

/** `Date` takes 30 February for 2 March. */
function isDate(date: string): boolean {
  const [year, month, day] = [Number(date.slice(0, 4)), Number(date.slice(5, 7)), Number(date.slice(8))];
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const days = month === 2 && isLeap ? 29 : (DAYS[month - 1] ?? 0);
  return day >= 1 && day <= days;
}

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
