import { setting } from '@waybill/observability';

const DAY_MS = 86_400_000;

/** Settings of the claim check; spread them into a service's own, the same for all services. */
export const claimCheckSettings = {
  /** `file:///…` or `postgres://…`; empty = no store, so what the broker wouldn't take is refused. */
  claimCheckUrl: setting.url('CLAIM_CHECK_URL', { protocols: ['file:', 'postgres:', 'postgresql:'], default: '' }),
  claimCheckThresholdBytes: setting.int('CLAIM_CHECK_THRESHOLD_BYTES', { min: 1, max: 900_000_000, default: 262_144 }),
  claimCheckRetentionMs: setting.durationMs('CLAIM_CHECK_RETENTION_MS', { min: 1_000, default: 30 * DAY_MS }),
} as const;
