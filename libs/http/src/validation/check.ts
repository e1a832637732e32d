import { ValidateBy } from 'class-validator';

import type { FieldFault } from '../problem/problem.js';

/** Looks at one value and names what is wrong with it; `pointer` is relative to the value, `[]`: nothing. */
export type Check = (value: unknown) => readonly FieldFault[];

/** A check that has one thing to say about the value itself. */
export type ValueCheck = (value: unknown) => Omit<FieldFault, 'pointer'> | undefined;

/**
 * Makes a class-validator decorator of a check. The check travels as the decorator's context, so that the pipe can ask
 * it for codes and pointers, which class-validator's messages don't have.
 */
export function decorateWith(name: string, check: Check): PropertyDecorator {
  return ValidateBy(
    {
      name,
      validator: {
        validate: (value: unknown) => check(value).length === 0,
        defaultMessage: () => `$property ${name} check failed`,
      },
    },
    { context: { check } satisfies CheckContext },
  );
}

/** As {@link decorateWith}, for a check of the value itself. */
export function decorateValueWith(name: string, check: ValueCheck): PropertyDecorator {
  return decorateWith(name, (value) => {
    const fault = check(value);
    return fault ? [{ pointer: '', ...fault }] : [];
  });
}

export interface CheckContext {
  readonly check: Check;
}

export function isCheckContext(context: unknown): context is CheckContext {
  return typeof context === 'object' && context !== null && 'check' in context && typeof context.check === 'function';
}
