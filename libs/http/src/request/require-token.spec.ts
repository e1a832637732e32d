import type { Request, Response } from 'express';

import { requireToken } from './require-token.js';

/** What the middleware makes of a request with this header: `undefined` = it continues. */
function refusalOf(authorization: string | undefined): unknown {
  let seen: unknown = 'never answered';
  const request = { headers: { authorization } } as Request; // all that the middleware reads
  requireToken('s3cret-token')(request, {} as Response, (error?: unknown) => (seen = error));
  return seen;
}

describe('requireToken', () => {
  it.each(['Bearer s3cret-token', 'bearer s3cret-token', 'Bearer  s3cret-token '])('lets "%s" through', (header) => {
    expect(refusalOf(header)).toBeUndefined();
  });

  it.each([
    undefined,
    '',
    'Bearer',
    'Bearer ',
    's3cret-token',
    'Basic s3cret-token',
    'Bearer s3cret-toke',
    'Bearer s3cret-token2',
    'Bearer S3cret-token',
    'Bearer s3cret-token extra',
  ])('answers 401 with the scheme to "%s"', (header) => {
    expect(refusalOf(header)).toMatchObject({
      problem: { status: 401, code: 'ADMIN_TOKEN_REQUIRED' },
      headers: { 'WWW-Authenticate': expect.stringContaining('Bearer') },
    });
  });
});
