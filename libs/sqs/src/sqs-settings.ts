import { setting } from '@waybill/observability';
import type { ConfigOf } from '@waybill/observability';

import { sqsFaults } from './sqs-options.js';
import type { SqsOptions } from './sqs-options.js';

type Environment = Readonly<Record<string, string | undefined>>;

const { optional } = setting;

/** AWS's own names. Its clients read more of them by themselves: profiles, roles of containers and machines. */
export const sqsSettings = {
  awsRegion: optional(setting.text('AWS_REGION')),
  awsEndpointUrl: optional(setting.text('AWS_ENDPOINT_URL')),
  awsAccessKeyId: optional(setting.text('AWS_ACCESS_KEY_ID')),
  awsSecretAccessKey: optional(setting.text('AWS_SECRET_ACCESS_KEY')),
  awsSessionToken: optional(setting.text('AWS_SESSION_TOKEN')),
} as const;

export type SqsConfig = Pick<ConfigOf<typeof sqsSettings>, 'awsRegion' | 'awsEndpointUrl'>;

/** SNS takes 256 KB, so what is larger goes by claim check, or is refused before it commits. */
const LIMITS = { OUTBOX_MAX_MESSAGE_BYTES: '245760', CLAIM_CHECK_THRESHOLD_BYTES: '229376' } as const;

/** The environment with what fits SNS where nothing is set. */
export function withSqsLimits(env: Environment): Environment {
  const missing = Object.entries(LIMITS).filter(([name]) => (env[name]?.trim() ?? '') === '');
  return { ...env, ...Object.fromEntries(missing) };
}

export function sqsOptions([url = '']: readonly string[], prefix: string, config: SqsConfig): SqsOptions {
  return { region: regionOf(url) ?? config.awsRegion ?? '', endpoint: config.awsEndpointUrl, prefix };
}

/** What is wrong with BROKER_URL and the settings that go with it, in their own names. */
export function sqsSettingFaults(urls: readonly string[], prefix: string, env: Environment): readonly string[] {
  const given = (name: string): string => env[name]?.trim() ?? '';
  const region = regionOf(urls[0] ?? '') ?? given('AWS_REGION');
  const isUrl = urls.length === 1 && urls.every((url) => /^sqs:\/\/[a-z0-9-]*\/?$/.test(url));
  const tls = ['BROKER_TLS_CA', 'BROKER_TLS_CERT', 'BROKER_TLS_KEY'].filter((name) => given(name) !== '');
  const endpoint = given('AWS_ENDPOINT_URL');
  const ofOptions = sqsFaults({ region, prefix, endpoint: endpoint === '' ? undefined : endpoint }).map(inSettings);
  return [
    ...(isUrl ? [] : ['BROKER_URL must be sqs://region, one, with nothing before or behind it']),
    ...(isUrl && region === '' ? ['BROKER_URL must be sqs://region, or AWS_REGION be set'] : []),
    ...(isUrl && given('AWS_REGION') !== '' && given('AWS_REGION') !== region
      ? ['AWS_REGION and BROKER_URL must name the same region']
      : []),
    ...((given('AWS_ACCESS_KEY_ID') === '') === (given('AWS_SECRET_ACCESS_KEY') === '')
      ? []
      : ['AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY must be set together']),
    ...tls.map((name) => `${name} must not be set with sqs://; authorities of your own go into NODE_EXTRA_CA_CERTS`),
    ...ofOptions.filter((fault) => (isUrl && region !== '' ? true : !fault.startsWith('BROKER_URL'))),
  ];
}

function inSettings(fault: string): string {
  return fault
    .replace(/^\w+: /, '')
    .replace(/^region/, 'BROKER_URL (or AWS_REGION)')
    .replace(/^endpoint/, 'AWS_ENDPOINT_URL')
    .replace(/^prefix/, 'BROKER_PREFIX');
}

function regionOf(url: string): string | undefined {
  const region = url.replace(/^sqs:\/\//, '').replace(/\/$/, '');
  return region === '' ? undefined : region;
}
