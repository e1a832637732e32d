import { readFileSync } from 'node:fs';

/** Reads one value out of the environment. Made by {@link setting}. */
export interface Setting<Value> {
  readonly name: string;
  /** Completes "must be …". */
  readonly expected: string;
  readonly fallback: { readonly value: Value } | undefined;
  /** `problem` completes "must be …, ": the wrong value, or, where that may be a secret, what is wrong with it. */
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

const ONE_HOST =
  'name the one address that leads to the primary: a writer endpoint, a proxy such as HAProxy, or a virtual IP. ' +
  'After a failover its connections are replaced by themselves';

/** As libpq takes them, which we are not: in the authority behind the credentials, or as parameters. */
function namesSeveralHosts(text: string): boolean {
  const [, authority = '', query = ''] = /^postgres(?:ql)?:\/\/([^/?#]*)[^?#]*(?:\?([^#]*))?/i.exec(text) ?? [];
  const parameters = new URLSearchParams(query);
  const hosts = [authority.slice(authority.lastIndexOf('@') + 1), parameters.get('host'), parameters.get('hostaddr')];
  return hosts.some((host) => host?.includes(',') === true);
}

const INTEGER = /^-?\d{1,16}$/;

function isEncoded(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

/** @returns what the path leads to, or why that can't be read. */
function readText(path: string): { readonly content: string } | { readonly problem: string } {
  try {
    return { content: readFileSync(path, 'utf8') };
  } catch (error) {
    const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : String(error);
    return { problem: `but ${JSON.stringify(path)} can't be read (${code})` };
  }
}

function make<Value>(
  name: string,
  expected: string,
  options: WithDefault<Value>,
  parse: Setting<Value>['parse'],
): Setting<Value> {
  const fallback = options.default === undefined ? undefined : { value: options.default };
  return { name, expected, fallback, parse };
}

const got = (text: string) => ({ problem: `got ${JSON.stringify(text)}` });

/** The kinds of settings. Each says what it takes; nothing else is accepted, and nothing is converted quietly. */
export const setting = {
  /** A whole number in decimal digits, from `min` to `max`. `NaN`, `Infinity`, `5s`, `1e3` and `0x10` are refused. */
  int(name: string, range: IntegerRange): Setting<number> {
    return make<number>(name, `a whole number from ${range.min} to ${range.max}`, range, (text) => {
      const value = Number(text);
      return INTEGER.test(text) && value >= range.min && value <= range.max ? { value } : got(text);
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
   * An absolute URL with one of the protocols (`'postgresql:'`) and one host, whose user name and password are percent-encoded. Nothing of it is
   * ever shown, as it may hold a password.
   */
  url(name: string, options: WithDefault<string> & { readonly protocols: readonly string[] }): Setting<string> {
    const expected = `a URL that starts with ${options.protocols.map((protocol) => `${protocol}//`).join(' or ')}`;
    const parse = (text: string) => {
      if (namesSeveralHosts(text)) return { problem: `but names several hosts: ${ONE_HOST}` };
      if (!URL.canParse(text)) return { problem: `but is not a URL: ${WRITE_URLS}` };
      const url = new URL(text);
      if (!options.protocols.includes(url.protocol)) return { problem: 'but has another protocol' };
      if (url.hostname === '' && url.protocol !== 'file:') return { problem: 'but names no host' };
      const isCut = url.protocol.startsWith('postgres') && url.username === '' && /@/.test(url.pathname + url.search);
      if (isCut) return { problem: `but has an @ behind its host: ${WRITE_URLS}` };
      if (url.hash !== '') return { problem: `but has a part behind #: ${WRITE_URLS}` };
      return isEncoded(url.username + url.password) ? { value: text } : { problem: `but has a stray %: ${WRITE_URLS}` };
    };
    return make<string>(name, expected, options, parse);
  },

  oneOf<const Value extends string>(
    name: string,
    values: readonly Value[],
    options: WithDefault<NoInfer<Value>> = {},
  ): Setting<Value> {
    return make<Value>(name, `one of ${values.join(', ')}`, options, (text) => {
      const value = values.find((candidate) => candidate === text);
      return value === undefined ? got(text) : { value };
    });
  },

  /** `true` or `false`, nothing else. */
  flag(name: string, options: WithDefault<boolean> = {}): Setting<boolean> {
    return make<boolean>(name, 'true or false', options, (text) =>
      text === 'true' || text === 'false' ? { value: text === 'true' } : got(text),
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
      return value.every((element) => element !== '' && (pattern?.test(element) ?? true)) ? { value } : got(text);
    });
  },

  /**
   * The path of a text file, which is read once, with the other settings: the value is what is in it, and nothing of that is ever shown.
   * `fault` completes "but its file …".
   */
  file(
    name: string,
    { expected, fault }: { readonly expected: string; readonly fault: (content: string) => string | undefined },
  ): Setting<string> {
    return make<string>(name, `the path of ${expected}`, {}, (path) => {
      const read = readText(path);
      if ('problem' in read) return read;
      const wrong = fault(read.content);
      return wrong === undefined ? { value: read.content } : { problem: `but its file ${wrong}` };
    });
  },

  /** The setting, or `undefined` where the variable is missing or empty. */
  optional<Value>(inner: Setting<Value>): Setting<Value | undefined> {
    return { ...inner, fallback: { value: undefined } };
  },

  /** Any string, or one that matches `pattern`. */
  text(
    name: string,
    options: WithDefault<string> & { readonly pattern?: RegExp; readonly secret?: boolean } = {},
  ): Setting<string> {
    const { pattern, secret = false } = options;
    const expected = pattern ? `a string that matches ${pattern.source}` : 'a string';
    const wrong = (text: string) => (secret ? { problem: "but doesn't match" } : got(text));
    return make<string>(name, expected, options, (text) =>
      (pattern?.test(text) ?? true) ? { value: text } : wrong(text),
    );
  },
} as const;
