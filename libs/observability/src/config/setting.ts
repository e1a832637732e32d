/** Reads one value out of the environment. Made by {@link setting}. */
export interface Setting<Value> {
  readonly name: string;
  /** What a right value looks like, for the message. */
  readonly expected: string;
  /** The value is never shown, not even where it is wrong. */
  readonly secret: boolean;
  readonly fallback: { readonly value: Value } | undefined;
  readonly parse: (text: string) => { readonly value: Value } | { readonly problem: string };
}

export interface WithDefault<Value> {
  /** Used where the variable is missing or empty. Without one the setting is required. */
  readonly default?: Value;
}

export interface IntegerRange extends WithDefault<number> {
  readonly min: number;
  readonly max: number;
}

/** Ten years: longer than any timer or retention that is meant. */
const LONGEST_MS = 315_576_000_000;

const WRITE_URLS =
  'write @ : / ? # % in a user name or password as %40 %3A %2F %3F %23 %25, and an IPv6 address in brackets';

const INTEGER = /^-?\d{1,16}$/;

function isEncoded(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

function brokerFault(broker: string): string | undefined {
  if (broker.includes('@')) return 'has credentials in it, which belong elsewhere: write host:port';
  const shown = JSON.stringify(broker);
  if (broker.includes('://')) return `has a protocol in ${shown}: write host:port`;
  if (/^\[|:.*:/.test(broker)) return `has an IPv6 address in ${shown}, which kafkajs doesn't take: write a host name`;
  const [, port] = /^[A-Za-z0-9._-]+:(\d{1,5})$/.exec(broker) ?? [];
  if (port === undefined) return `has ${shown}, which is not host:port`;
  return Number(port) < 1 || Number(port) > 65_535 ? `has a port that doesn't exist in ${shown}` : undefined;
}

function make<Value>(
  name: string,
  expected: string,
  options: WithDefault<Value>,
  parse: Setting<Value>['parse'],
  secret = false,
): Setting<Value> {
  const fallback = options.default === undefined ? undefined : { value: options.default };
  return { name, expected, secret, fallback, parse };
}

/** The kinds of settings. Each says what it takes; nothing else is accepted, and nothing is converted quietly. */
export const setting = {
  /** A whole number in decimal digits, from `min` to `max`. `NaN`, `Infinity`, `5s`, `1e3` and `0x10` are refused. */
  int(name: string, range: IntegerRange): Setting<number> {
    return make<number>(name, `a whole number from ${range.min} to ${range.max}`, range, (text) => {
      if (!INTEGER.test(text)) return { problem: 'is not a whole number' };
      const value = Number(text);
      return value < range.min || value > range.max ? { problem: 'is out of range' } : { value };
    });
  },

  /** Milliseconds as a whole number; the variable's name should end in `_MS`. @default min 0, max ten years */
  durationMs(name: string, range: Partial<IntegerRange> = {}): Setting<number> {
    const { min = 0, max = LONGEST_MS } = range;
    const integer = setting.int(name, { ...range, min, max });
    return { ...integer, expected: `milliseconds as a whole number from ${min} to ${max}` };
  },

  /** A TCP port; 0 lets the system choose. */
  port(name: string, options: WithDefault<number> = {}): Setting<number> {
    return setting.int(name, { ...options, min: 0, max: 65_535 });
  },

  /**
   * An absolute URL with one of the protocols (`'postgresql:'`), whose user name and password are percent-encoded. Nothing of it is
   * ever shown, as it may hold a password.
   */
  url(name: string, options: WithDefault<string> & { readonly protocols: readonly string[] }): Setting<string> {
    const expected = `a URL that starts with ${options.protocols.map((protocol) => `${protocol}//`).join(' or ')}`;
    const parse = (text: string) => {
      if (!URL.canParse(text)) return { problem: `is not a URL: ${WRITE_URLS}` };
      const url = new URL(text);
      if (!options.protocols.includes(url.protocol)) return { problem: 'has another protocol' };
      if (url.hostname === '' && url.protocol !== 'file:') return { problem: 'names no host' };
      const isCut = url.protocol.startsWith('postgres') && url.username === '' && /@/.test(url.pathname + url.search);
      if (isCut) return { problem: `has an @ behind its host: ${WRITE_URLS}` };
      if (url.hash !== '') return { problem: `has a part behind #: ${WRITE_URLS}` };
      return isEncoded(url.username + url.password) ? { value: text } : { problem: `has a stray %: ${WRITE_URLS}` };
    };
    return make<string>(name, expected, options, parse, true);
  },

  oneOf<const Value extends string>(
    name: string,
    values: readonly Value[],
    options: WithDefault<NoInfer<Value>> = {},
  ): Setting<Value> {
    return make<Value>(name, `one of ${values.join(', ')}`, options, (text) => {
      const value = values.find((candidate) => candidate === text);
      return value === undefined ? { problem: 'is not one of the values' } : { value };
    });
  },

  /** `true` or `false`, nothing else. */
  flag(name: string, options: WithDefault<boolean> = {}): Setting<boolean> {
    return make<boolean>(name, 'true or false', options, (text) =>
      text === 'true' || text === 'false' ? { value: text === 'true' } : { problem: 'is neither' },
    );
  },

  /** Values separated by commas, at least one, each of which matches `pattern`; blanks around them don't count. */
  list(
    name: string,
    options: WithDefault<readonly string[]> & { readonly pattern?: RegExp; readonly expected?: string } = {},
  ): Setting<readonly string[]> {
    const { pattern, expected = 'strings' } = options;
    return make<readonly string[]>(name, `${expected} separated by commas`, options, (text) => {
      const value = text.split(',').map((element) => element.trim());
      if (value.includes('')) return { problem: 'has an empty element' };
      const wrong = pattern && value.find((element) => !pattern.test(element));
      return wrong === undefined ? { value } : { problem: `has the element ${JSON.stringify(wrong)}` };
    });
  },

  /** Brokers as `host:port`, separated by commas. Not IPv6 addresses: kafkajs divides its seeds at the first colon. */
  brokers(name: string, options: WithDefault<readonly string[]> = {}): Setting<readonly string[]> {
    const list = setting.list(name, { ...options, expected: 'brokers as host:port,' });
    const parse: Setting<readonly string[]>['parse'] = (text) => {
      const read = list.parse(text);
      const wrong = 'value' in read ? read.value.flatMap((broker) => brokerFault(broker) ?? []) : [];
      return wrong[0] === undefined ? read : { problem: wrong.join('; ') };
    };
    return { ...list, parse, secret: true }; // the fault names the element itself, unless it holds credentials
  },

  /** Any string, or one that matches `pattern`. */
  text(
    name: string,
    options: WithDefault<string> & { readonly pattern?: RegExp; readonly secret?: boolean } = {},
  ): Setting<string> {
    const { pattern, secret = false } = options;
    const expected = pattern ? `a string that matches ${pattern.source}` : 'a string';
    const parse = (text: string) => (pattern && !pattern.test(text) ? { problem: "doesn't match" } : { value: text });
    return make<string>(name, expected, options, parse, secret);
  },
} as const;
