import { certificatesFault, isKeyOf, optionFaults, privateKeyFault } from '@waybill/observability';

/** TLS to the broker, whose certificate must be valid for its host name. Only with `amqps://`. */
export interface RabbitTls {
  /** Certificates of the authorities that may sign the broker's one, in PEM. @default those that Node trusts */
  readonly ca?: string | undefined;
  /** The client's own certificate, in PEM, where the broker asks for one; `key` belongs to it. @default none */
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
}

export interface RabbitOptions {
  /**
   * `amqp://user:password@host:port/vhost`, or `amqps://…`; of a cluster several nodes, tried in turn. Without a user it is
   * guest, or, with a client certificate, whom that names (SASL EXTERNAL).
   */
  readonly urls: readonly string[];
  /** What the broker calls these connections; followed by what each is for. */
  readonly name: string;
  /** @default what Node trusts, and no client certificate */
  readonly tls?: RabbitTls | undefined;
  /** Put before the names of topics and groups, at the broker only: keeps deployments that share a vhost apart. @default none */
  readonly prefix?: string | undefined;
  /** How long to try to reach the broker, in milliseconds; then a start continues without it. @default 5000 */
  readonly startTimeoutMs?: number;
  /** After twice this many seconds without a sign of life the broker closes a connection, and the lanes go to others. @default 10 */
  readonly heartbeatSeconds?: number;
  /** Records of a lane that are under way to a consumer at most. @default 200 */
  readonly prefetch?: number;
  /** The largest record that is published. The broker's own limit (`max_message_size`) may not be smaller. @default 1048576 */
  readonly maxMessageBytes?: number;
  /** The broker deletes a lane's records by files of this size, in bytes. @default 50000000 */
  readonly segmentBytes?: number;
  /** How long publishing waits for the broker's confirmation, in milliseconds. @default 30000 */
  readonly publishTimeoutMs?: number;
}

/** With all defaults. */
export interface RabbitSettings extends Required<Omit<RabbitOptions, 'tls'>> {
  readonly tls: RabbitTls | undefined;
  readonly prefix: string;
}

export function settingsOf(options: RabbitOptions): RabbitSettings {
  return {
    startTimeoutMs: 5_000,
    heartbeatSeconds: 10,
    prefetch: 200,
    maxMessageBytes: 1_048_576,
    segmentBytes: 50_000_000,
    publishTimeoutMs: 30_000,
    ...options,
    tls: options.tls,
    prefix: options.prefix ?? '',
  };
}

const PREFIX = /^[A-Za-z0-9._-]{0,60}$/;

/** A sentence for each option that can't be used; none holds a password. */
export function rabbitFaults(options: RabbitOptions): readonly string[] {
  const owner = 'rabbitBroker: ';
  const { urls, name, prefix = '' } = options;
  return [
    ...(urls.length === 0 ? [`${owner}urls must name at least one node`] : []),
    ...urls.flatMap((url, index) => urlFaults(url).map((fault) => `${owner}urls[${index}] ${fault}`)),
    ...(name === '' ? [`${owner}name must not be empty`] : []),
    ...(PREFIX.test(prefix) ? [] : [`${owner}prefix must match ${PREFIX.source}, got ${JSON.stringify(prefix)}`]),
    ...tlsFaults(options).map((fault) => `${owner}${fault}`),
    ...optionFaults(owner, options, {
      startTimeoutMs: [1, 600_000],
      heartbeatSeconds: [1, 600],
      prefetch: [1, 65_535],
      maxMessageBytes: [1_000, 512 * 1_024 * 1_024],
      segmentBytes: [100_000, 3_000_000_000],
      publishTimeoutMs: [1, 600_000],
    }),
  ];
}

function urlFaults(text: string): readonly string[] {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined) return ['must be amqp://user:password@host:port/vhost, or amqps://…'];
  return [
    ...(['amqp:', 'amqps:'].includes(url.protocol)
      ? []
      : [`must begin with amqp:// or amqps://, not ${url.protocol}//`]),
    ...(url.hostname === '' ? ['must name a host'] : []),
    ...(url.pathname.slice(1).includes('/') ? ['must end with one vhost; a / in its name is written %2F'] : []),
    ...(isDecodable(url.pathname + url.username + url.password) ? [] : ['must be percent-encoded where it holds a %']),
    ...(url.search === '' && url.hash === '' ? [] : ['must have no query: what it would set is an option']),
    ...((url.username === '') === (url.password === '') ? [] : ['must name a user and a password, or neither']),
  ];
}

function isDecodable(text: string): boolean {
  try {
    return decodeURIComponent(text) !== undefined;
  } catch {
    return false;
  }
}

function tlsFaults({ tls, urls }: RabbitOptions): readonly string[] {
  if (tls === undefined) return [];
  const { ca, cert, key } = tls;
  const faultOf = (name: string, pem: string | undefined, fault: (pem: string) => string | undefined): string[] => {
    const found = pem === undefined ? undefined : fault(pem);
    return found === undefined ? [] : [`tls.${name} ${found}`];
  };
  const faults = [
    ...(urls.some((url) => url.startsWith('amqp:'))
      ? ['tls can be given only where all urls begin with amqps://']
      : []),
    ...faultOf('ca', ca, certificatesFault),
    ...faultOf('cert', cert, certificatesFault),
    ...faultOf('key', key, privateKeyFault),
    ...((cert === undefined) === (key === undefined) ? [] : ['tls.cert and tls.key must be given together']),
  ];
  if (faults.length > 0 || cert === undefined || key === undefined || isKeyOf(key, cert)) return faults;
  return ['tls.key must belong to tls.cert, but is the key of another'];
}
