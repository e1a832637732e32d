/** 12 to 19 digits, with spaces or dashes between them or not, that no letter or digit adjoins. */
const PLAIN = /(?<![0-9A-Za-z])\d(?:[ -]?\d){11,18}(?![0-9A-Za-z])/g;

/** As cards print it, in groups, with anything between them. Dates, IP addresses and sums have shorter groups. */
const IN_GROUPS =
  /(?<![0-9A-Za-z])\d{4,}(?:[\s\p{P}\p{S}]{1,3}\d{4,}){1,3}(?:[\s\p{P}\p{S}]{1,3}\d{1,3})?(?![0-9A-Za-z])/gu;

const UUIDS = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi;

/**
 * Whether a text holds what looks like a card number, by its length and check digit, in the digits of any script. Not within a UUID: one of
 * some 3,000 ends in digits that pass for one.
 */
export function holdsCardNumber(text: string): boolean {
  if (hasFewDigits(text)) return false;
  const plain = inAsciiDigits(text).replaceAll(UUIDS, ' ');
  return [...(plain.match(PLAIN) ?? []), ...(plain.match(IN_GROUPS) ?? [])].some(isCardNumber);
}

/** Sees at little cost that most texts can't: ASCII with fewer than 12 digits. Other characters may stand for several digits. */
function hasFewDigits(text: string): boolean {
  let digits = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code > 0x7f) return false;
    if (code >= 0x30 && code <= 0x39 && ++digits === 12) return false;
  }
  return true;
}

function isCardNumber(candidate: string): boolean {
  const digits = candidate.replaceAll(/\D/g, '');
  return digits.length >= 12 && digits.length <= 19 && passesLuhn(digits);
}

/** Without characters that aren't seen, such as a zero-width space. */
function inAsciiDigits(text: string): string {
  return text
    .normalize('NFKC')
    .replaceAll(/[\p{Cf}\p{Mn}]/gu, '')
    .replaceAll(/[^\P{Nd}0-9]/gu, (digit) => String(valueOf(digit)));
}

/** Unicode lists the decimal digits of a script one after the other, from zero on. */
function valueOf(digit: string): number {
  const code = digit.codePointAt(0) ?? 0;
  let zero = code;
  while (code - zero < 9 && /\p{Nd}/u.test(String.fromCodePoint(zero - 1))) zero -= 1;
  return code - zero;
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
