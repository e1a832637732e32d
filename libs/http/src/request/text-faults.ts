import type { FieldFault } from '../problem/problem.js';
import { joinPointer } from '../validation/pointer.js';

/** Deeper than any message of ours, far from what would overflow a recursive walk further in. */
const MAX_DEPTH = 32;

/** Faults beyond these are not listed: 100 are enough to work on, and an answer must not outgrow its request. */
export const MAX_FAULTS = 100;

const LONE_SURROGATE = /\p{Surrogate}/u;

/** Why a string can't be stored: PostgreSQL's text takes no NUL, UTF-8 has no lone surrogates. */
export function textFault(text: string): Omit<FieldFault, 'pointer'> | undefined {
  if (text.includes('\0')) return { code: 'NUL_CHARACTER', message: 'must not contain the NUL character' };
  if (LONE_SURROGATE.test(text)) return { code: 'LONE_SURROGATE', message: 'must not contain lone surrogates' };
  return undefined;
}

/**
 * What no body may contain anywhere: NUL, lone surrogates, names of Object.prototype as keys (they pass validation
 * unseen, F46), nesting that overflows the stack.
 */
export function bodyFaults(body: unknown): readonly FieldFault[] {
  const faults: FieldFault[] = [];
  const fault = typeof body === 'string' ? textFault(body) : undefined;
  if (fault) faults.push({ pointer: '', ...fault });
  if (typeof body === 'object' && body !== null) walk(body, '', 0, faults);
  return faults;
}

/** Pointers are made for what is wrong and for objects, not for each of the values: nearly all bodies are fine. */
function walk(parent: object, pointer: string, depth: number, faults: FieldFault[]): void {
  if (depth === MAX_DEPTH) {
    faults.push({ pointer, code: 'TOO_DEEP', message: `must not be nested deeper than ${MAX_DEPTH} levels` });
    return;
  }
  const isArray = Array.isArray(parent);
  for (const key of Object.keys(parent)) {
    if (faults.length >= MAX_FAULTS) return;
    const child: unknown = Reflect.get(parent, key);
    const fault = (isArray ? undefined : keyFault(key)) ?? (typeof child === 'string' ? textFault(child) : undefined);
    if (fault) faults.push({ pointer: joinPointer(pointer, key), ...fault });
    else if (typeof child === 'object' && child !== null) walk(child, joinPointer(pointer, key), depth + 1, faults);
  }
}

/** A field name that no DTO can have. */
export function keyFault(key: string): Omit<FieldFault, 'pointer'> | undefined {
  if (key in Object.prototype) return { code: 'UNKNOWN_FIELD', message: 'is not a known field' };
  return textFault(key);
}
