import { SERVICE_NAMES, services as knownServices } from '@waybill/contracts';
import type { ServiceName } from '@waybill/contracts';

import { CliError } from '../cli.errors.js';

export interface ServiceAddress {
  readonly service: ServiceName;
  /** Without a slash at its end. */
  readonly url: string;
}

export interface AddressSettings {
  /** `--service`, empty: all. Each may hold several, divided by commas. */
  readonly services: readonly string[];
  /** `--url service=url`. */
  readonly urls: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Where the chosen services are: `--url`, else `<SERVICE>_URL`, else this machine on `<SERVICE>_PORT`, by default 3001 to 3004.
 * @throws CliError BAD_ARGUMENT or BAD_SETTING
 */
export function serviceAddresses({ services, urls, env }: AddressSettings): readonly ServiceAddress[] {
  const given = new Map(urls.map(parseUrlArgument));
  const chosen = new Set(services.flatMap((names) => names.split(',')).map(serviceNamed));
  return SERVICE_NAMES.filter((service) => chosen.size === 0 || chosen.has(service)).map((service) => ({
    service,
    url: given.get(service) ?? urlFromEnvironment(service, env),
  }));
}

/** Of one service, chosen or not. @throws CliError BAD_ARGUMENT or BAD_SETTING */
export function serviceAddress(
  service: ServiceName,
  { urls, env }: Pick<AddressSettings, 'env' | 'urls'>,
): ServiceAddress {
  return { service, url: new Map(urls.map(parseUrlArgument)).get(service) ?? urlFromEnvironment(service, env) };
}

function parseUrlArgument(argument: string): readonly [ServiceName, string] {
  const [, name = '', url = ''] = /^([^=]*)=(.*)$/s.exec(argument) ?? [];
  if (url === '') {
    throw new CliError(
      'BAD_ARGUMENT',
      `--url is "${withoutCredentials(argument)}"; write it as service=url, e.g. --url order=http://10.0.0.7:3001`,
    );
  }
  return [serviceNamed(name), parseUrl(url, `--url ${name}`, 'BAD_ARGUMENT')];
}

function urlFromEnvironment(service: ServiceName, env: AddressSettings['env']): string {
  const setting = `${service.toUpperCase()}_URL`;
  const url = env[setting];
  if (url !== undefined && url !== '') return parseUrl(url, setting, 'BAD_SETTING');
  const port = env[`${service.toUpperCase()}_PORT`] ?? '';
  return `http://127.0.0.1:${port === '' ? knownServices[service].port : port}`;
}

function serviceNamed(name: string): ServiceName {
  const service = SERVICE_NAMES.find((service) => service === name.trim());
  if (service !== undefined) return service;
  throw new CliError('BAD_ARGUMENT', `There is no service "${name}"; there are ${SERVICE_NAMES.join(', ')}.`);
}

function parseUrl(url: string, name: string, code: 'BAD_ARGUMENT' | 'BAD_SETTING'): string {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw new CliError(code, `${name} is "${withoutCredentials(url)}", which is not an http or https URL.`);
  }
  const { username, password } = new URL(url);
  if (username !== '' || password !== '') {
    throw new CliError(code, `${name} holds a user or a password, which no service takes: give WAYBILL_ADMIN_TOKEN.`);
  }
  return url.replace(/\/+$/, '');
}

/** Also of what is not a URL: all before the last @ may be a secret. */
function withoutCredentials(text: string): string {
  const end = text.lastIndexOf('@');
  return end < 0 ? text : `***${text.slice(end)}`;
}
