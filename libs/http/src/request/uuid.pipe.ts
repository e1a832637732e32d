import { Injectable } from '@nestjs/common';
import type { ArgumentMetadata, PipeTransform } from '@nestjs/common';

import { ValidationError } from '../problem/problem.errors.js';
import { joinPointer } from '../validation/pointer.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;

export function isUuid(value: unknown): value is string {
  return typeof value === 'string' && UUID.test(value);
}

/** `@Param('id', UuidPipe)`: a UUID, in lower case. @throws ValidationError (400) for anything else, also for none. */
@Injectable()
export class UuidPipe implements PipeTransform<unknown, string> {
  transform(value: unknown, { data }: ArgumentMetadata): string {
    if (isUuid(value)) return value.toLowerCase();
    const pointer = joinPointer('', data ?? '');
    throw new ValidationError([
      value === undefined
        ? { pointer, code: 'REQUIRED', message: 'is required' }
        : { pointer, code: 'INVALID_FORMAT', message: 'must be a UUID' },
    ]);
  }
}
