import { Type } from 'class-transformer';
import { ValidateNested } from 'class-validator';

import type { FieldFault } from '../problem/problem.js';
import { decorateValueWith, decorateWith } from './check.js';
import { joinPointer } from './pointer.js';

type ClassOf = () => new () => object;

const NOT_AN_OBJECT = { code: 'INVALID_TYPE', message: 'must be an object' } as const;

/**
 * An object of a class with validated fields of its own. class-validator's ValidateNested alone also takes an array of
 * such objects, and null (F44).
 */
export function IsObjectOf(classOf: ClassOf): PropertyDecorator {
  return all(
    Type(classOf),
    ValidateNested(),
    decorateValueWith('objectOf', (value) => (value instanceof classOf() ? undefined : NOT_AN_OBJECT)),
  );
}

export interface ArraySize {
  /** @default 0 */
  readonly min?: number;
  readonly max: number;
  /** A field in which no two elements may agree. */
  readonly uniqueBy?: string;
}

/** An array of such objects, and of nothing else: no null, no nested arrays, which ValidateNested takes (F44). */
export function IsArrayOf(classOf: ClassOf, size: ArraySize): PropertyDecorator {
  return all(
    Type(classOf),
    ValidateNested({ each: true }),
    decorateWith('arrayOf', (value) => arrayFaults(value, classOf(), size)),
  );
}

function arrayFaults(value: unknown, elementClass: new () => object, size: ArraySize): readonly FieldFault[] {
  const { min = 0, max, uniqueBy } = size;
  if (!Array.isArray(value)) return [{ pointer: '', code: 'INVALID_TYPE', message: 'must be an array' }];
  const elements: readonly unknown[] = value;
  if (elements.length < min) return [{ pointer: '', code: 'TOO_SHORT', message: `must have at least ${min} elements` }];
  if (elements.length > max) return [{ pointer: '', code: 'TOO_LONG', message: `must have at most ${max} elements` }];
  const wrong = elements.flatMap((element, index) =>
    element instanceof elementClass ? [] : [{ pointer: joinPointer('', index), ...NOT_AN_OBJECT }],
  );
  return uniqueBy === undefined ? wrong : [...wrong, ...duplicates(elements, uniqueBy)];
}

function duplicates(elements: readonly unknown[], field: string): readonly FieldFault[] {
  const seen = new Set<unknown>();
  return elements.flatMap((element, index) => {
    const value: unknown = typeof element === 'object' && element !== null ? Reflect.get(element, field) : undefined;
    if (value === undefined || !seen.has(value)) {
      seen.add(value);
      return [];
    }
    const pointer = joinPointer(joinPointer('', index), field);
    return [{ pointer, code: 'DUPLICATE', message: 'must not occur twice' }];
  });
}

function all(...decorators: readonly PropertyDecorator[]): PropertyDecorator {
  return (target, property) => decorators.forEach((decorate) => decorate(target, property));
}
