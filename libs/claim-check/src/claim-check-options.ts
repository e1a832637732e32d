import { checkIntegerOptions, ConfigError } from '@waybill/observability';

export interface ClaimCheckOptions {
  /**
   * Where the payloads lie: `file:///folder` for services on one machine, `postgres://…/database` for any others. All
   * services name the same one. @default no store: a message that the broker wouldn't take is refused by the outbox
   */
  readonly url?: string | undefined;
  /** Payloads above this many bytes travel by reference. @default 262144 */
  readonly thresholdBytes?: number;
  /** The largest payload in bytes: it is held in memory, whole, on both sides. @default 32000000 */
  readonly maxPayloadBytes?: number;
  /** How long a payload is kept since it was stored, or since a held message last needed it. @default 2592000000 (30 days) */
  readonly retentionMs?: number;
  /** Time between two sweeps. @default 3600000 (1 hour) */
  readonly sweepIntervalMs?: number;
  /** Connections to PostgreSQL, where it is the store. @default 4 */
  readonly poolSize?: number;
}

export type ClaimCheckSettings = Required<Omit<ClaimCheckOptions, 'url'>> & { readonly url: URL | undefined };

const DAY_MS = 86_400_000;
const PROTOCOLS = ['file:', 'postgres:', 'postgresql:'];

/** @throws ConfigError listing every option that can't be used. */
export function resolveClaimCheck(options: ClaimCheckOptions): ClaimCheckSettings {
  const settings = {
    thresholdBytes: options.thresholdBytes ?? 262_144,
    maxPayloadBytes: options.maxPayloadBytes ?? 32_000_000,
    retentionMs: options.retentionMs ?? 30 * DAY_MS,
    sweepIntervalMs: options.sweepIntervalMs ?? 3_600_000,
    poolSize: options.poolSize ?? 4,
  };
  checkIntegerOptions('ClaimCheckModule', {
    thresholdBytes: { value: settings.thresholdBytes, min: 1, max: 900_000_000 },
    maxPayloadBytes: { value: settings.maxPayloadBytes, min: settings.thresholdBytes, max: 900_000_000 },
    retentionMs: { value: settings.retentionMs, min: 1, max: 3_650 * DAY_MS },
    sweepIntervalMs: { value: settings.sweepIntervalMs, min: 1, max: DAY_MS },
    poolSize: { value: settings.poolSize, min: 1, max: 100 },
  });
  return { ...settings, url: options.url === undefined || options.url === '' ? undefined : parseUrl(options.url) };
}

function parseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !PROTOCOLS.includes(url.protocol) || url.pathname.length < 2) {
    const expected = 'file:///<folder>, or postgres://<user>@<host>/<database>';
    throw new ConfigError([{ setting: 'ClaimCheckModule.url', problem: "can't be used", expected }]);
  }
  return url;
}
