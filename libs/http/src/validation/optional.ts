import { ValidateIf } from 'class-validator';

/** The field may be missing. `null` is no missing field: it is refused unless another decorator takes it. */
export function Optional(): PropertyDecorator {
  return ValidateIf((_object: object, value: unknown) => value !== undefined);
}
