import type { AlertRule } from './alert-rule.js';

/** What may be at most. Ages in milliseconds. */
export interface AlertThresholds {
  readonly alertDeadLetters: number;
  readonly alertDeadLettersGrowth: number;
  readonly alertParkedKeyAgeMs: number;
  readonly alertOutboxAgeMs: number;
  readonly alertLagMs: number;
  readonly alertCompensationFailed: number;
  readonly alertConsumerDownMs: number;
  readonly alertLaneStillMs: number;
  readonly alertDeadlineHeldMs: number;
  readonly alertProjectionLagMs: number;
}

/** Reasons of dead letters that no service of ours sends. */
const FORGED = [
  'KEY_MISMATCH',
  'REPLY_NOT_AS_ASKED',
  'REPLY_TO_UNKNOWN_COMMAND',
  'REPLY_TO_UNKNOWN_SAGA',
  'REPLY_WITHOUT_CAUSE',
  'WRONG_SOURCE',
];

/** The rules for what the libs measure. A rule whose metric nobody measures in this service never fires. */
export function defaultRules(thresholds: AlertThresholds): readonly AlertRule[] {
  return [
    {
      name: 'dead-letters',
      severity: 'warning',
      metric: 'waybill_dead_letters',
      by: ['group'],
      threshold: thresholds.alertDeadLetters,
      summary: 'Dead letters wait for an operator',
    },
    {
      name: 'dead-letters-growing',
      severity: 'critical',
      metric: 'waybill_dead_letters_recent',
      by: ['group'],
      threshold: thresholds.alertDeadLettersGrowth,
      summary: 'Messages are being dead-lettered fast; see what changed before replaying',
    },
    {
      name: 'forged-messages',
      severity: 'critical',
      metric: 'waybill_dead_letters_by_reason',
      where: { reason: FORGED },
      by: ['group', 'reason'],
      threshold: 0,
      summary: 'Messages were refused because they are not what they say they are; find out who writes to the topics',
    },
    {
      name: 'parked-key-old',
      severity: 'warning',
      metric: 'waybill_parked_key_oldest_seconds',
      by: ['group'],
      threshold: thresholds.alertParkedKeyAgeMs / 1_000,
      summary: 'Messages of a key have been waiting behind a failed one for long',
    },
    {
      name: 'outbox-old',
      severity: 'critical',
      metric: 'waybill_outbox_oldest_seconds',
      by: ['topic'],
      threshold: thresholds.alertOutboxAgeMs / 1_000,
      summary: 'Committed messages are not being published',
    },
    {
      name: 'outbox-refused',
      severity: 'critical',
      metric: 'waybill_outbox_refused',
      by: ['topic', 'key', 'message'],
      threshold: 0,
      summary: 'The broker refuses a message for good; its key waits for "waybill outbox retry" or "discard"',
    },
    {
      name: 'consumer-lag',
      severity: 'warning',
      metric: 'waybill_consumer_lag_seconds',
      by: ['group', 'topic'],
      threshold: thresholds.alertLagMs / 1_000,
      summary: 'Messages wait too long to be handled',
    },
    {
      name: 'consumer-down',
      severity: 'critical',
      metric: 'waybill_consumer_down_seconds',
      by: ['group'],
      threshold: thresholds.alertConsumerDownMs / 1_000,
      summary: 'A consumer has crashed or cannot work, and is not recovering on its own',
    },
    {
      name: 'lane-still',
      severity: 'critical',
      metric: 'waybill_consumer_lane_still_seconds',
      by: ['group', 'topic'],
      threshold: thresholds.alertLaneStillMs / 1_000,
      summary: 'A lane stands still although records wait; readiness and doctor name it, its head and the reason',
    },
    {
      name: 'lane-issue',
      severity: 'critical',
      metric: 'waybill_lane_issues',
      by: ['group', 'topic', 'partition', 'kind', 'first', 'next'],
      threshold: 0,
      summary: 'Records of a lane were lost or cannot be read, or its position was; settle it with: waybill lanes',
    },
    {
      name: 'broker-dead-letters',
      severity: 'critical',
      metric: 'waybill_broker_dead_letters',
      by: ['topic', 'queue'],
      threshold: 0,
      summary: 'The broker itself has given up delivering records, and nobody handles them; see its dead-letter queue',
    },
    {
      name: 'compensation-failed',
      severity: 'critical',
      metric: 'waybill_sagas',
      where: { status: 'COMPENSATION_FAILED' },
      by: ['status'],
      threshold: thresholds.alertCompensationFailed,
      summary: 'Sagas cannot be undone without an operator',
    },
    {
      name: 'deadline-held',
      severity: 'warning',
      metric: 'waybill_saga_deadline_held_seconds',
      by: ['status'],
      threshold: thresholds.alertDeadlineHeldMs / 1_000,
      summary:
        'Sagas are past their deadline, but their answers have not been read; see lag, lanes, and whether the broker is there',
    },
    {
      name: 'projection-lag',
      severity: 'warning',
      metric: 'waybill_projection_lag_seconds',
      by: ['projection'],
      threshold: thresholds.alertProjectionLagMs / 1_000,
      summary: 'A projection is behind its events; "waybill projections" says why it stands still',
    },
  ];
}
