import { ValidationError } from '../problem/problem.errors.js';
import { StrictValidationPipe } from '../validation/strict-validation.pipe.js';
import { OperatorBody } from './operator.body.js';

function faultsOf(body: object): readonly object[] {
  try {
    new StrictValidationPipe().transform(body, { type: 'body', metatype: OperatorBody });
    return [];
  } catch (error) {
    if (error instanceof ValidationError) return error.problem.errors ?? [];
    throw error;
  }
}

describe('who acts, and why', () => {
  it('are taken in any script', () => {
    expect(faultsOf({ who: 'آدا', why: '交易已恢复 – “INC-7” 👍' })).toEqual([]);
  });

  it('are refused with what is not seen or turns the line around, by the name of the field', () => {
    expect(faultsOf({ who: 'ada\u202Egnp.exe', why: 'back\u001b[2J' })).toEqual([
      {
        pointer: '/who',
        code: 'HIDDEN_CHARACTER',
        message: 'must not hold control or invisible characters, such as U+202E',
      },
      {
        pointer: '/why',
        code: 'HIDDEN_CHARACTER',
        message: 'must not hold control or invisible characters, such as U+001B',
      },
    ]);
  });
});
