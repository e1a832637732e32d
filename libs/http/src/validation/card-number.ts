import { decorateValueWith } from './check.js';

/** 12 to 19 digits, with spaces or dashes between them or not, that no letter or digit adjoins. */
const CANDIDATES = /(?<![0-9A-Za-z])\d(?:[ -]?\d){11,18}(?![0-9A-Za-z])/g;

/** A string without a card number in it: what is kept for good must not hold one. Says so without repeating it. */
export function HasNoCardNumber(): PropertyDecorator {
  return decorateValueWith('noCardNumber', (value) =>
    typeof value === 'string' && holdsCardNumber(value)
      ? { code: 'CARD_NUMBER', message: "must not hold a card number; give the payment provider's token for the card" }
      : undefined,
  );
}

export function holdsCardNumber(text: string): boolean {
  return (text.match(CANDIDATES) ?? []).some((candidate) => passesLuhn(candidate.replaceAll(/[ -]/g, '')));
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
