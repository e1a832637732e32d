import { AmbiguousCommitError, isTransientDatabaseError, sqlStateOf } from './database.errors.js';

const withCode = (code: string, message = 'x'): Error => Object.assign(new Error(message), { code });

describe('isTransientDatabaseError', () => {
  it.each(['40001', '40P01', '57P01', '08006', 'ECONNRESET', 'EPIPE', 'ECONNREFUSED'])('is true for %s', (code) => {
    expect(isTransientDatabaseError(withCode(code))).toBe(true);
  });

  it.each(['23505', '22021', '42P01', 'ERR_INVALID_ARG_TYPE'])('is false for %s', (code) => {
    expect(isTransientDatabaseError(withCode(code))).toBe(false);
  });

  it('looks into what wraps it, and takes an ambiguous commit as one', () => {
    expect(isTransientDatabaseError(new Error('failed', { cause: withCode('40P01') }))).toBe(true);
    expect(isTransientDatabaseError(Object.assign(new Error('failed'), { driverError: withCode('40001') }))).toBe(true);
    expect(isTransientDatabaseError(new AmbiguousCommitError(undefined))).toBe(true);
    expect(isTransientDatabaseError(new Error('Connection terminated unexpectedly'))).toBe(true);
    expect(isTransientDatabaseError('Connection terminated')).toBe(false);
  });

  it("doesn't take an operating system's code for a SQLSTATE", () => {
    expect(sqlStateOf(withCode('EPIPE'))).toBeUndefined();
    expect(sqlStateOf(withCode('23505'))).toBe('23505');
  });
});
