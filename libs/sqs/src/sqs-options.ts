import { optionFaults } from '@waybill/observability';

import { nameFault } from './names.js';

export interface SqsOptions {
  /** `eu-central-1`. */
  readonly region: string;
  /** Where SNS and SQS answer, as `http://127.0.0.1:4566`, if not at AWS. @default AWS's own for the region */
  readonly endpoint?: string | undefined;
  /** Put before every topic and group name: keeps deployments that share an account apart. @default none */
  readonly prefix?: string | undefined;
  /** How long to try to reach AWS, in milliseconds; then a start continues without it. @default 5000 */
  readonly startTimeoutMs?: number;
  /** A member that shows no sign of life for this long loses its lanes, in milliseconds. @default 10000 */
  readonly sessionTimeoutMs?: number;
  /** How long a member has for taking records over from a lane, in seconds; one that dies meanwhile holds up the lane for so long. @default 10 */
  readonly visibilitySeconds?: number;
  /** How long an empty lane's request waits, in seconds. Longer costs less; a close waits for it. @default 5 */
  readonly waitSeconds?: number;
  /** Records of a lane that are taken over and not done, at most. @default 250 */
  readonly readAhead?: number;
  /** Queues of each lane that keep records for groups to come. @default 3 */
  readonly spares?: number;
  /** A record that was given out so often, and not taken over, SQS puts into the topic's net. @default 100 */
  readonly maxReceiveCount?: number;
  /** How long a new queue is left alone before it counts, in milliseconds: AWS asks for a second. @default 1000 */
  readonly settleMs?: number;
}

/** With all defaults. */
export type SqsSettings = Required<Omit<SqsOptions, 'endpoint' | 'prefix'>> & {
  readonly endpoint: string | undefined;
  readonly prefix: string;
};

export function settingsOf(options: SqsOptions): SqsSettings {
  return {
    startTimeoutMs: 5_000,
    sessionTimeoutMs: 10_000,
    visibilitySeconds: 10,
    waitSeconds: 5,
    spares: 3,
    maxReceiveCount: 100,
    readAhead: 250,
    settleMs: 1_000,
    ...options,
    endpoint: options.endpoint,
    prefix: options.prefix ?? '',
  };
}

const OWNER = 'sqsBroker: ';
const REGION = /^[a-z]{2,}(-[a-z]+)+-\d$/;

/** A sentence for all that is wrong with the options. */
export function sqsFaults(options: SqsOptions): readonly string[] {
  const { region, endpoint, prefix = '' } = options;
  const fault = prefix === '' ? undefined : nameFault(`${prefix}x`);
  return [
    ...(REGION.test(region)
      ? []
      : [`${OWNER}region must be one like eu-central-1, got ${JSON.stringify(region.slice(0, 40))}`]),
    ...(endpoint === undefined || isEndpoint(endpoint)
      ? []
      : [`${OWNER}endpoint must be http://host:port or https://host, with nothing before or behind it`]),
    ...(fault === undefined ? [] : [`${OWNER}prefix ${fault}`]),
    ...optionFaults(OWNER, options, {
      startTimeoutMs: [1, 600_000],
      sessionTimeoutMs: [500, 600_000],
      visibilitySeconds: [1, 43_200],
      waitSeconds: [0, 20],
      readAhead: [1, 10_000],
      spares: [1, 50],
      maxReceiveCount: [10, 1_000],
      settleMs: [0, 60_000],
    }),
  ];
}

/** Not one that holds a password: it would be logged by what it is passed to. */
function isEndpoint(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, pathname, search, hash } = new URL(text);
  return /^https?:$/.test(protocol) && username + password + search + hash === '' && pathname === '/';
}
