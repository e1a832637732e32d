import { isUuid } from '../request/uuid.pipe.js';
import { decorateValueWith } from './check.js';

export function IsUuid(): PropertyDecorator {
  return decorateValueWith('uuid', (value) => {
    if (typeof value !== 'string') return { code: 'INVALID_TYPE', message: 'must be a string' };
    return isUuid(value) ? undefined : { code: 'INVALID_FORMAT', message: 'must be a UUID' };
  });
}
