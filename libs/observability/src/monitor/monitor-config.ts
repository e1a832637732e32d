import type { AlertThresholds } from '../alerts/default-rules.js';
import { WEBHOOK_SECRET } from '../alerts/webhook-signature.js';
import type { ConfigOf } from '../config/read-config.js';
import { setting } from '../config/setting.js';

const DAY_MS = 86_400_000;
const age = (name: string, defaultMs: number) =>
  setting.durationMs(name, { min: 1_000, max: 30 * DAY_MS, default: defaultMs });

/** Settings of the monitor and its alerts; spread them into the service's own. */
export const monitorSettings = {
  /** How often everything is measured. */
  monitorIntervalMs: setting.durationMs('MONITOR_INTERVAL_MS', { min: 1_000, max: DAY_MS, default: 15_000 }),
  /** Empty = alerts go to the log alone. */
  alertWebhookUrl: setting.url('ALERT_WEBHOOK_URL', { protocols: ['http:', 'https:'], default: '' }),
  alertWebhookSecret: setting.text('ALERT_WEBHOOK_SECRET', { secret: true, pattern: WEBHOOK_SECRET, default: '' }),
  /** How long a rule must hold again before its incident is over; at least two intervals. */
  alertResolveAfterMs: age('ALERT_RESOLVE_AFTER_MS', 60_000),
  /** Alert above this many dead letters. */
  alertDeadLetters: setting.int('ALERT_DEAD_LETTERS', { min: 0, max: 9_999, default: 0 }),
  /** Alert above this many new dead letters in five minutes. */
  alertDeadLettersGrowth: setting.int('ALERT_DEAD_LETTERS_GROWTH', { min: 0, max: 9_999, default: 100 }),
  alertParkedKeyAgeMs: age('ALERT_PARKED_KEY_AGE_MS', 900_000),
  alertOutboxAgeMs: age('ALERT_OUTBOX_AGE_MS', 60_000),
  alertLagMs: age('ALERT_LAG_MS', 60_000),
  alertCompensationFailed: setting.int('ALERT_COMPENSATION_FAILED', { min: 0, max: 9_999, default: 0 }),
  alertConsumerDownMs: age('ALERT_CONSUMER_DOWN_MS', 30_000),
  alertLaneStillMs: age('ALERT_LANE_STILL_MS', 60_000),
  alertDeadlineHeldMs: age('ALERT_DEADLINE_HELD_MS', 60_000),
  alertProjectionLagMs: age('ALERT_PROJECTION_LAG_MS', 60_000),
} as const;

export interface MonitorConfig extends ConfigOf<typeof monitorSettings>, AlertThresholds {}

/** What is wrong with the settings together; give it to `readConfig`. */
export function monitorFaults(env: Readonly<Record<string, string | undefined>>): readonly string[] {
  const [url, secret] = ['ALERT_WEBHOOK_URL', 'ALERT_WEBHOOK_SECRET'].map((name) => (env[name] ?? '').trim() !== '');
  if (url === secret) return [];
  return url
    ? ['ALERT_WEBHOOK_SECRET must be whsec_ and 24 to 64 bytes in base64, but is missing: ALERT_WEBHOOK_URL is set']
    : ['ALERT_WEBHOOK_URL must be a URL, but is missing: ALERT_WEBHOOK_SECRET is set'];
}
