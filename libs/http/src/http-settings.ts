import { setting } from '@waybill/observability';

import { HOST } from './request/refuse-foreign.js';

/** What a browser may send as `Origin`: never a path, a wildcard, or the port that its scheme has anyway. */
const SENT_ORIGIN = new RegExp(`^(?!http://.*:80$|https://.*:443$)https?://${HOST.source.slice(1)}`, 'i');

/** Who may reach a service over HTTP, as settings. Spread them into the application's own. */
export const httpSettings = {
  /** The interface to listen on: this machine alone unless told otherwise; `0.0.0.0` or `::` in a container. */
  host: setting.text('HOST', { default: '127.0.0.1', pattern: /^[\w.:-]{1,253}$/ }),
  /** What clients may call this service, beside the names and the address of this machine; without a port: on any. */
  allowedHosts: setting.list('ALLOWED_HOSTS', {
    default: [],
    pattern: HOST,
    expected: 'host names, with or without a port, such as shop.example.com',
  }),
  /**
   * Sites whose pages may send this service requests that change something, through a proxy of theirs that puts another `Host`. It is no
   * CORS: no page of another origin reads an answer, or sends JSON.
   */
  allowedOrigins: setting.list('ALLOWED_ORIGINS', {
    default: [],
    pattern: SENT_ORIGIN,
    expected: 'origins such as https://shop.example.com, without paths, wildcards and default ports,',
  }),
  /** Demanded for what is the operators'; empty: they are answered on this machine's own connections alone. Behind a proxy it is needed. */
  adminToken: setting.text('ADMIN_TOKEN', { default: '', pattern: /^[\x21-\x7e]{8,200}$/, secret: true }),
};

/**
 * What is wrong with the settings together; give it to `readConfig`. Whoever names other hosts or sites has others call, often through a
 * proxy on this machine, whose requests may look like this machine's own: so the operators' part must not depend on that.
 */
export function httpFaults(env: Readonly<Record<string, string | undefined>>): readonly string[] {
  const given = (name: string): boolean => (env[name] ?? '').trim() !== '';
  const names = ['ALLOWED_HOSTS', 'ALLOWED_ORIGINS'].filter(given);
  if (names.length === 0 || given('ADMIN_TOKEN')) return [];
  const named = `${names.join(' and ')} ${names.length > 1 ? 'are' : 'is'} set`;
  return [
    `ADMIN_TOKEN must be 8 to 200 visible ASCII characters, but is missing: ${named}, so others than this machine call`,
  ];
}
