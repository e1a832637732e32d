/** 12 to 19 digits, with spaces or dashes between them or not, that no letter or digit adjoins. */
const CANDIDATES = /(?<![0-9A-Za-z])\d(?:[ -]?\d){11,18}(?![0-9A-Za-z])/g;

const UUIDS = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi;

/**
 * Whether a text holds what looks like a card number, by its length and check digit. Not within a UUID: one of some 3,000 ends in
 * digits that pass for one.
 */
export function holdsCardNumber(text: string): boolean {
  return (text.replaceAll(UUIDS, ' ').match(CANDIDATES) ?? []).some((candidate) =>
    passesLuhn(candidate.replaceAll(/[ -]/g, '')),
  );
}

/** The check digit of ISO/IEC 7812. */
function passesLuhn(digits: string): boolean {
  const sum = digits
    .split('')
    .toReversed()
    .reduce((total, digit, index) => {
      const doubled = Number(digit) * (index % 2 === 0 ? 1 : 2);
      return total + (doubled > 9 ? doubled - 9 : doubled);
    }, 0);
  return sum % 10 === 0;
}
