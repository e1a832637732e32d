import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

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

function signatureOf(content: string, { adminToken, readToken }: SessionKeys): string {
  const key = createHash('sha256')
    .update(JSON.stringify(['waybill console session', adminToken, readToken]))
    .digest();
  return createHmac('sha256', key).update(content).digest('base64url');
}

/** Nothing is the same as an empty secret. Hashes are compared, so that the time taken says nothing. */
function isSame(given: string, secret: string): boolean {
  return timingSafeEqual(digest(given), digest(secret)) && secret !== '';
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
