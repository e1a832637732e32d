import { decorateValueWith } from './check.js';

export interface TextRange {
  /** Fewest characters. A string of blanks alone counts as empty. @default 1 */
  readonly min?: number;
  /** Most characters (code points, as PostgreSQL counts). @default 200 */
  readonly max?: number;
}

/** A string. NUL and lone surrogates never get this far: the body check refuses them everywhere. */
export function IsText({ min = 1, max = 200 }: TextRange = {}): PropertyDecorator {
  return decorateValueWith('text', (value) => {
    if (typeof value !== 'string') return { code: 'INVALID_TYPE', message: 'must be a string' };
    if (value.length > max && codePoints(value) > max) {
      return { code: 'TOO_LONG', message: `must have at most ${max} characters` };
    }
    if (min > 0 && hasFewer(value.trim(), min)) {
      return { code: 'TOO_SHORT', message: `must have at least ${min} ${min === 1 ? 'character' : 'characters'}` };
    }
    return undefined;
  });
}

/** A string that matches a pattern as a whole; `expected` completes "must be …". */
export function IsTextLike(pattern: RegExp, expected: string): PropertyDecorator {
  const whole = new RegExp(`^(?:${pattern.source})$`, pattern.flags.replaceAll(/[gy]/g, ''));
  return decorateValueWith('textLike', (value) => {
    if (typeof value !== 'string') return { code: 'INVALID_TYPE', message: 'must be a string' };
    return whole.test(value) ? undefined : { code: 'INVALID_FORMAT', message: `must be ${expected}` };
  });
}

/** A code point is one or two of what `length` counts. */
function hasFewer(text: string, min: number): boolean {
  return text.length < min * 2 && codePoints(text) < min;
}

function codePoints(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}
