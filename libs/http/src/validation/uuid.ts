import { Transform } from 'class-transformer';

import { isUuid } from '../request/uuid.pipe.js';
import { decorateValueWith } from './check.js';

/** A UUID, as text. Given in upper or lower case, the handler gets it in lower case: as ids are stored, and compared as text. */
export function IsUuid(): PropertyDecorator {
  const check = decorateValueWith('uuid', (value) => {
    if (typeof value !== 'string') return { code: 'INVALID_TYPE', message: 'must be a string' };
    return isUuid(value) ? undefined : { code: 'INVALID_FORMAT', message: 'must be a UUID' };
  });
  return (target, property) => {
    Transform(({ value }: { value: unknown }) => (isUuid(value) ? value.toLowerCase() : value))(target, property);
    check(target, property);
  };
}
