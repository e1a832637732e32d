import { Injectable } from '@nestjs/common';
import type { ArgumentMetadata, PipeTransform } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import type { ValidatorOptions } from 'class-validator';

import { ValidationError } from '../problem/problem.errors.js';
import type { FieldFault } from '../problem/problem.js';
import { keyFault, MAX_FAULTS, textFault } from '../request/text-faults.js';
import { faultsOf } from './faults.js';
import { isCertainlyValid } from './is-certainly-valid.js';
import { joinPointer } from './pointer.js';

const STRICT: ValidatorOptions = {
  whitelist: true,
  forbidNonWhitelisted: true,
  forbidUnknownValues: true,
  validationError: { target: false, value: true },
};

const NOT_AN_OBJECT: FieldFault = { pointer: '', code: 'INVALID_TYPE', message: 'must be an object' };

/** Nest types a parameter's class as one that makes anything. */
type ClassOfBody = new () => object;

const BUILT_IN: ReadonlySet<unknown> = new Set([String, Number, Boolean, Array, Object, undefined]);

/**
 * Validates bodies and queries whose parameter is typed as a class, and gives the handler an instance of it. Unknown
 * fields are refused; nothing is converted but what a field's own decorator converts. A body that is not an object is refused
 * (Nest's own pipe lets arrays and scalars pass unchecked, F44), and so is a parameter that is given twice.
 */
@Injectable()
export class StrictValidationPipe implements PipeTransform {
  transform(given: unknown, { type, metatype, data }: ArgumentMetadata): unknown {
    const value = given === undefined && data === undefined ? {} : given; // no body: every required field is missing
    if (type === 'query' || type === 'param') refuse(parameterFaults(value, data));
    if (type === 'custom' || metatype === undefined || BUILT_IN.has(metatype) || data !== undefined) return value;
    if (!isPlainObject(value)) throw new ValidationError([NOT_AN_OBJECT]);
    const instance = plainToInstance(metatype as ClassOfBody, { ...value }, { enableImplicitConversion: false });
    if (!isCertainlyValid(instance)) refuse(faultsOf(validateSync(instance, STRICT)));
    return instance;
  }
}

function refuse(faults: readonly FieldFault[]): void {
  if (faults.length > 0) throw new ValidationError(faults);
}

function isPlainObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @param name of the parameter, where the handler takes a single one. */
function parameterFaults(value: unknown, name: string | undefined): readonly FieldFault[] {
  const parameters = name === undefined ? Object.entries(value ?? {}) : [[name, value] as const];
  return parameters.slice(0, MAX_FAULTS).flatMap(([key, given]): FieldFault[] => {
    const pointer = joinPointer('', key);
    if (Array.isArray(given)) return [{ pointer, code: 'REPEATED_PARAMETER', message: 'must be given once' }];
    const fault = keyFault(key) ?? (typeof given === 'string' ? textFault(given) : undefined);
    return fault ? [{ pointer, ...fault }] : [];
  });
}
