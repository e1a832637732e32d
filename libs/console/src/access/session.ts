import { createHash, createHmac, randomBytes, scryptSync, timingSafeEqual } from 'node:crypto';

/** What a person may do: an operator everything, a reader look. */
export type Role = 'operator' | 'reader';

export interface SessionKeys {
  readonly adminToken: string;
  readonly readToken: string;
}

/** A working day; then the token is asked for again. */
export const SESSION_MS = 12 * 3_600_000;

/** The role that a token opens; `undefined` if none. In constant time. */
export function roleOf(given: string, { adminToken, readToken }: SessionKeys): Role | undefined {
  const isAdmin = isSame(given, adminToken);
  const isReader = isSame(given, readToken);
  if (isAdmin) return 'operator';
  return isReader ? 'reader' : undefined;
}

/**
 * A session that any replica can check and none has to remember: role and end, signed with what opens the console. So another
 * token ends all sessions.
 */
export function sealSession(role: Role, keys: SessionKeys, nowMs: number): string {
  const content = `${role}.${nowMs + SESSION_MS}.${randomBytes(12).toString('base64url')}`;
  return `${content}.${signatureOf(content, keys)}`;
}

/** The role of a session that {@link sealSession} made and that hasn't ended. */
export function openSession(sealed: string, keys: SessionKeys, nowMs: number): Role | undefined {
  const [, content = '', role, end, signature = ''] =
    /^((operator|reader)\.(\d{1,16})\.[\w-]{16})\.([\w-]{43})$/.exec(sealed) ?? [];
  if (!isSame(signature, signatureOf(content, keys)) || Number(end) <= nowMs) return undefined;
  return role === 'operator' ? 'operator' : 'reader';
}

function signatureOf(content: string, keys: SessionKeys): string {
  return createHmac('sha256', signingKey(keys)).update(content).digest('base64url');
}

let derived: { readonly from: string; readonly key: Buffer } | undefined;

/**
 * Derived by scrypt, once, in some 50 ms: a reader's cookie is signed with it, and must not serve to try operators' tokens at the speed of
 * a hash.
 */
function signingKey({ adminToken, readToken }: SessionKeys): Buffer {
  const from = JSON.stringify([adminToken, readToken]);
  if (derived?.from !== from) derived = { from, key: scryptSync(from, 'waybill console session', 32) };
  return derived.key;
}

/** Nothing is the same as an empty secret. Hashes are compared, so that the time taken says nothing. */
function isSame(given: string, secret: string): boolean {
  return timingSafeEqual(digest(given), digest(secret)) && secret !== '';
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
