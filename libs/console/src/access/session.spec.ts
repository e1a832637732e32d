import crypto from 'node:crypto';

import { openSession, roleOf, sealSession, SESSION_MS } from './session.js';

const keys = { adminToken: 'admin-token', readToken: 'read-token' };

describe('a session of the console', () => {
  it.each([
    ['admin-token', 'operator'],
    ['read-token', 'reader'],
    ['another-token', undefined],
    ['', undefined],
  ])('is opened by the token %p as %p', (token, role) => {
    expect(roleOf(token, keys)).toBe(role);
  });

  it('is opened by no empty token where there is none', () => {
    expect(roleOf('', { adminToken: 'admin-token', readToken: '' })).toBeUndefined();
  });

  it.each(['operator', 'reader'] as const)('carries the role %s until its end', (role) => {
    const sealed = sealSession(role, keys, 1_000);
    expect(openSession(sealed, keys, 1_000 + SESSION_MS - 1)).toBe(role);
    expect(openSession(sealed, keys, 1_000 + SESSION_MS)).toBeUndefined();
  });

  it('is no session with another role, another end, or another signature', () => {
    const sealed = sealSession('reader', keys, 1_000);
    const [role, end, nonce, signature] = sealed.split('.');
    for (const forged of [
      ['operator', end, nonce, signature],
      [role, `${end}0`, nonce, signature],
      [role, end, nonce, `${signature?.slice(1)}A`],
      [role, end, nonce],
      [''],
    ]) {
      expect(openSession(forged.join('.'), keys, 1_000)).toBeUndefined();
    }
  });

  it("is signed with a key that takes long to derive, so that a reader's cookie tells no operator's token; once for all sessions", () => {
    const derive = jest.spyOn(crypto, 'scryptSync');
    const fresh = { adminToken: 'tried-offline', readToken: 'read-token' };
    for (let n = 0; n < 3; n++) expect(openSession(sealSession('reader', fresh, n), fresh, n)).toBe('reader');
    expect(derive).toHaveBeenCalledTimes(1);
  });

  it.each([
    { adminToken: 'another-one', readToken: 'read-token' },
    { adminToken: 'admin-token', readToken: 'another-one' },
  ])('ends when a token is changed', (changed) => {
    expect(openSession(sealSession('operator', keys, 0), changed, 1)).toBeUndefined();
  });
});
