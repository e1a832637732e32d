import { hiddenCharacterIn } from '@waybill/observability';

import { decorateValueWith } from './check.js';

/** A string in which everything is seen: what an operator reads in a list or a terminal must be what was written, in its order. */
export function HasNoHiddenCharacter(): PropertyDecorator {
  return decorateValueWith('noHiddenCharacter', (value) => {
    const hidden = typeof value === 'string' ? hiddenCharacterIn(value) : undefined;
    return hidden === undefined
      ? undefined
      : { code: 'HIDDEN_CHARACTER', message: `must not hold control or invisible characters, such as ${hidden}` };
  });
}
