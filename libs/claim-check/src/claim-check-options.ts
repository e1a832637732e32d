import { assertNoFaults, optionFaults } from '@waybill/observability';

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
const STORES = 'file:///<folder> or postgres://<user>@<host>/<database>';
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
  const text = options.url ?? '';
  const url = URL.canParse(text) ? new URL(text) : undefined;
  assertNoFaults([
    ...optionFaults('ClaimCheckModule.', settings, {
      thresholdBytes: [1, 900_000_000],
      maxPayloadBytes: [settings.thresholdBytes, 900_000_000],
      retentionMs: [1, 3_650 * DAY_MS],
      sweepIntervalMs: [1, DAY_MS],
      poolSize: [1, 100],
    }),
    ...(text === '' || isStore(url) ? [] : [`ClaimCheckModule.url must be ${STORES}, got something else`]), // it may hold a password
  ]);
  return { ...settings, url };
}

function isStore(url: URL | undefined): boolean {
  return url !== undefined && PROTOCOLS.includes(url.protocol) && url.pathname.length > 1;
}
