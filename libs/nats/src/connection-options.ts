import { isIP } from 'node:net';
import { checkServerIdentity } from 'node:tls';

import { credsAuthenticator, nkeyAuthenticator } from '@nats-io/transport-node';
import type { NodeConnectionOptions } from '@nats-io/transport-node';
import { certificatesFault, isKeyOf, optionFaults, privateKeyFault } from '@waybill/observability';

import { nameFault } from './names.js';
import type { NatsCredentials, NatsOptions, NatsTls } from './nats-options.js';

const OWNER = 'natsBroker: ';
/** Reconnecting is quick at first, and never given up. */
const RECONNECT = { reconnect: true, maxReconnectAttempts: -1, reconnectTimeWait: 250, reconnectJitter: 250 };
/** A peer that has vanished without a word is noticed after two of these, at most three. */
const PING_INTERVAL_MS = 5_000;

interface Server {
  readonly hostname: string;
  readonly address: string;
  readonly isTls: boolean;
  readonly credentials: NatsCredentials | undefined;
}

/** A sentence for all that is wrong with the options, no secret in any. */
export function natsFaults(options: NatsOptions): readonly string[] {
  const { servers, clientName, topicPrefix, inboxPrefix, credentials, tls } = options;
  return [
    ...(servers.length === 0 ? [`${OWNER}servers must name a server, as nats://127.0.0.1:4222`] : []),
    ...(clientName === '' ? [`${OWNER}clientName must not be empty`] : []),
    ...servers.flatMap((url, index) => serverFaults(url, `servers[${index}]`)),
    ...prefixFaults('topicPrefix', topicPrefix),
    ...prefixFaults('inboxPrefix', inboxPrefix),
    ...togetherFaults(options),
    ...(credentials === undefined ? [] : credentialFaults(credentials)),
    ...(tls === undefined ? [] : tlsFaults(tls)),
    ...optionFaults(OWNER, options, {
      startTimeoutMs: [1, 600_000],
      sessionTimeoutMs: [500, 600_000],
      metadataMaxAgeMs: [100, 86_400_000],
      replicas: [1, 5],
      duplicateWindowMs: [100, 86_400_000],
    }),
  ];
}

/** Of options without faults. */
export function connectionOptions({
  servers,
  clientName,
  inboxPrefix,
  credentials,
  tls,
}: NatsOptions): NodeConnectionOptions {
  const parsed = servers.map(parseServer).filter((server) => server !== undefined);
  const who = credentials ?? parsed.find((server) => server.credentials)?.credentials;
  const isTls = tls !== undefined || parsed.some((server) => server.isTls);
  const secure = { ...tls, checkServerIdentity: identityCheck(parsed) };
  return {
    servers: parsed.map(({ address }) => address),
    name: clientName,
    ...RECONNECT,
    // Who isn't let in now may be later: credentials are changed while a server is away.
    ignoreAuthErrorAbort: true,
    pingInterval: PING_INTERVAL_MS,
    ...(inboxPrefix === undefined ? {} : { inboxPrefix }),
    ...(who === undefined ? {} : login(who)),
    ...(isTls ? { tls: secure } : {}),
  };
}

/** The client takes no server by an IP address for what it is: it would accept a certificate for `localhost` instead, and no other. */
function identityCheck(servers: readonly Server[]): typeof checkServerIdentity {
  const hosts = servers.map(({ hostname }) => hostname.replace(/^\[|\]$/g, ''));
  const withoutName = hosts.filter((host) => host === 'localhost' || isIP(host) !== 0);
  return (host, certificate) => {
    if (host !== 'localhost') return checkServerIdentity(host, certificate);
    const faults = withoutName.map((each) => checkServerIdentity(each, certificate));
    return faults.includes(undefined) ? undefined : (faults[0] ?? checkServerIdentity(host, certificate));
  };
}

function login(credentials: NatsCredentials): NodeConnectionOptions {
  if ('user' in credentials) return { user: credentials.user, pass: credentials.password };
  if ('token' in credentials) return { token: credentials.token };
  const seed = 'creds' in credentials ? credentials.creds : credentials.nkey;
  const bytes = new TextEncoder().encode(seed.trim());
  return { authenticator: 'creds' in credentials ? credsAuthenticator(bytes) : nkeyAuthenticator(bytes) };
}

function parseServer(url: string): Server | undefined {
  if (!URL.canParse(url)) return undefined;
  const { protocol, hostname, port, username, password, pathname, search } = new URL(url);
  if ((protocol !== 'nats:' && protocol !== 'tls:') || hostname === '') return undefined;
  if ((pathname !== '' && pathname !== '/') || search !== '') return undefined;
  const [user, secret] = [decode(username), decode(password)];
  if (user === undefined || secret === undefined) return undefined;
  const given = username === '' ? undefined : password === '' ? { token: user } : { user, password: secret };
  return { hostname, address: `${hostname}:${port || '4222'}`, isTls: protocol === 'tls:', credentials: given };
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function serverFaults(url: string, name: string): readonly string[] {
  if (parseServer(url) !== undefined) return [];
  const expected =
    'nats://host:4222 or tls://host:4222, with user:password@ or token@ before the host where one is needed';
  return [`${OWNER}${name} must be a URL like ${expected}`]; // not what it is: there may be a password in it
}

function prefixFaults(name: string, prefix = ''): readonly string[] {
  if (prefix === '') return [];
  const fault = nameFault(`${prefix}x`);
  return fault === undefined ? [] : [`${OWNER}${name} ${fault}`];
}

function togetherFaults({ servers, credentials, tls }: NatsOptions): readonly string[] {
  const parsed = servers.map(parseServer).filter((server) => server !== undefined);
  const inUrls = new Set(parsed.flatMap((server) => (server.credentials ? JSON.stringify(server.credentials) : [])));
  const schemes = new Set(parsed.map(({ isTls }) => isTls));
  return [
    ...(inUrls.size > 0 && credentials !== undefined
      ? [`${OWNER}credentials must not be given beside those in a URL of servers`]
      : []),
    ...(inUrls.size > 1 ? [`${OWNER}servers must not name different credentials: it is one client`] : []),
    ...(schemes.size > 1 && tls === undefined
      ? [`${OWNER}servers must all be tls:// where one is: what connects by nats:// may be sent in clear`]
      : []),
  ];
}

function credentialFaults(credentials: NatsCredentials): readonly string[] {
  const empty = Object.entries(credentials).flatMap(([name, value]) => (value === '' ? [name] : []));
  if (empty.length > 0) return empty.map((name) => `${OWNER}credentials.${name} must not be empty`);
  if ('nkey' in credentials && !/^SU[A-Z2-7]{56}$/.test(credentials.nkey.trim())) {
    return [`${OWNER}credentials.nkey must be the seed of a user's key, SU and 56 more letters and digits`];
  }
  if (
    'creds' in credentials &&
    !/BEGIN NATS USER JWT[\s\S]+BEGIN USER NKEY SEED[\s\S]+SU[A-Z2-7]{56}/.test(credentials.creds)
  ) {
    return [`${OWNER}credentials.creds must be what a .creds file holds: a user's JWT and the seed of its key`];
  }
  return [];
}

function tlsFaults({ ca, cert, key }: NatsTls): readonly string[] {
  const faults = [
    ...faultOf('ca', ca, certificatesFault),
    ...faultOf('cert', cert, certificatesFault),
    ...faultOf('key', key, privateKeyFault),
    ...(cert !== undefined && key === undefined ? ['key must be given, as cert is'] : []),
    ...(key !== undefined && cert === undefined ? ['cert must be given, as key is'] : []),
  ];
  if (faults.length === 0 && cert !== undefined && key !== undefined && !isKeyOf(key, cert)) {
    faults.push('key must belong to the certificate cert, but is the key of another');
  }
  return faults.map((fault) => `${OWNER}tls.${fault}`);
}

function faultOf(name: string, pem: string | undefined, fault: (pem: string) => string | undefined): readonly string[] {
  const found = pem === undefined ? undefined : fault(pem);
  return found === undefined ? [] : [`${name} ${found}`];
}
