/** How the user has called us: what advice begins with, so that it can be pasted. */
export function userInvocation(env: Readonly<Record<string, string | undefined>>): string {
  return env['npm_lifecycle_event'] === 'waybill' ? 'npm run waybill --' : 'waybill';
}
