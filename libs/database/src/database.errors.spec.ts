import { AmbiguousCommitError, isTransientDatabaseError, sqlStateOf } from './database.errors.js';
import { markOwnError } from './own-errors.js';

const withCode = (code: string, message = 'x'): Error => Object.assign(new Error(message), { code });
const ours = (code: string): Error => markOwnError(withCode(code));

describe('isTransientDatabaseError', () => {
  const transient = ['40001', '40P01', '57P01', '08006', 'ECONNRESET', 'EPIPE', 'ECONNREFUSED'];
  it.each(transient)('is true for %s of our connections', (code) => {
    expect(isTransientDatabaseError(ours(code))).toBe(true);
  });

  it.each(['23505', '22021', '42P01', 'ERR_INVALID_ARG_TYPE'])('is false for %s', (code) => {
    expect(isTransientDatabaseError(ours(code))).toBe(false);
  });

  it.each([...transient, 'ETIMEDOUT', 'ENOTFOUND'])("is false for %s of somebody else's connection (F92)", (code) => {
    expect(isTransientDatabaseError(withCode(code))).toBe(false);
    expect(isTransientDatabaseError(new Error('fetch failed', { cause: withCode(code) }))).toBe(false);
    expect(isTransientDatabaseError(new Error('timeout expired'))).toBe(false);
  });

  it('looks into what wraps it, and takes an ambiguous commit as one', () => {
    expect(isTransientDatabaseError(new Error('failed', { cause: ours('40P01') }))).toBe(true);
    expect(isTransientDatabaseError(Object.assign(new Error('failed'), { driverError: ours('40001') }))).toBe(true);
    expect(isTransientDatabaseError(new AmbiguousCommitError(undefined))).toBe(true);
    expect(isTransientDatabaseError(markOwnError(new Error('Connection terminated unexpectedly')))).toBe(true);
    expect(isTransientDatabaseError('Connection terminated')).toBe(false);
  });

  it('ends where causes go in a circle', () => {
    const [first, second] = [new Error('first'), new Error('second')];
    Object.assign(first, { cause: second });
    Object.assign(second, { cause: first });
    expect(isTransientDatabaseError(first)).toBe(false);
  });

  it("doesn't take an operating system's code for a SQLSTATE", () => {
    expect(sqlStateOf(withCode('EPIPE'))).toBeUndefined();
    expect(sqlStateOf(withCode('23505'))).toBe('23505');
  });
});
