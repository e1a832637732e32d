import type { ValidationError as ClassValidatorError } from 'class-validator';

import type { FieldFault } from '../problem/problem.js';
import { MAX_FAULTS } from '../request/text-faults.js';
import { isCheckContext } from './check.js';
import { joinPointer } from './pointer.js';

/** Codes of class-validator's own decorators; the first that failed in this order speaks for the field. */
const CODES: readonly (readonly [constraint: RegExp, code: string])[] = [
  [/^whitelistValidation$/, 'UNKNOWN_FIELD'],
  [/^is(Defined|NotEmpty)$/, 'REQUIRED'],
  [/^is(String|Int|Number|Boolean|Array|Object|Date)$/, 'INVALID_TYPE'],
  [/^(minLength|arrayMinSize|arrayNotEmpty)$/, 'TOO_SHORT'],
  [/^(maxLength|arrayMaxSize)$/, 'TOO_LONG'],
  [/^isLength$/, 'INVALID_LENGTH'],
  [/^(min|max|isPositive|isNegative)$/, 'OUT_OF_RANGE'],
  [/^arrayUnique$/, 'DUPLICATE'],
  [/^is(Enum|In)$/, 'NOT_ALLOWED'],
  [/^(matches|is[A-Z].*)$/, 'INVALID_FORMAT'],
];

/** The faults of a validated object: one per field, none below a field that is wrong altogether. */
export function faultsOf(errors: readonly ClassValidatorError[]): readonly FieldFault[] {
  const byPointer = new Map<string, FieldFault>();
  for (const fault of errors.flatMap((error) => faultsAt('', error))) {
    if (!byPointer.has(fault.pointer)) byPointer.set(fault.pointer, fault);
  }
  const wrongType = [...byPointer.values()].filter(({ code }) => code === 'INVALID_TYPE').map(({ pointer }) => pointer);
  return [...byPointer.values()]
    .filter(({ pointer }) => !wrongType.some((ancestor) => pointer.startsWith(`${ancestor}/`)))
    .slice(0, MAX_FAULTS);
}

function faultsAt(parent: string, error: ClassValidatorError): readonly FieldFault[] {
  const pointer = joinPointer(parent, error.property);
  const children = (error.children ?? []).flatMap((child) => faultsAt(pointer, child));
  return [...ownFaults(pointer, error), ...children];
}

function ownFaults(pointer: string, error: ClassValidatorError): readonly FieldFault[] {
  const constraints = Object.entries(error.constraints ?? {});
  if (constraints.length === 0) return [];
  const value: unknown = error.value;
  if (value === undefined && !('whitelistValidation' in (error.constraints ?? {}))) {
    return [{ pointer, code: 'REQUIRED', message: 'is required' }];
  }
  const contexts: readonly unknown[] = Object.values(error.contexts ?? {});
  const checks = contexts.filter(isCheckContext);
  if (checks.length > 0) {
    return checks.flatMap(({ check }) => check(value)).map((fault) => ({ ...fault, pointer: pointer + fault.pointer }));
  }
  for (const [pattern, code] of CODES) {
    const failed = constraints.find(([name]) => pattern.test(name));
    if (failed) return [{ pointer, code, message: messageFor(code, failed[1]) }];
  }
  return [{ pointer, code: 'INVALID', message: 'is invalid' }];
}

function messageFor(code: string, message: string): string {
  return code === 'UNKNOWN_FIELD' ? 'is not a known field' : message;
}
