import { SERVICE_NAMES } from './services.js';

/**
 * Every environment variable that a service reads. What starts services passes these on, and nothing else of the shell;
 * docs/settings.md explains them. test/settings.spec.ts compares both with the code. Imports nothing but the services.
 */
export const SERVICE_SETTINGS: readonly string[] = [
  ...SERVICE_NAMES.map((name) => `${name.toUpperCase()}_PORT`),
  ...`HOST ALLOWED_HOSTS ALLOWED_ORIGINS ADMIN_TOKEN
    DATABASE_URL DATABASE_PREFIX DATABASE_POOL_SIZE
    KAFKA_BROKERS KAFKA_PREFIX TOPIC_PARTITIONS
    TOPIC_RETENTION_MS INBOX_WINDOW_MS OUTBOX_MAX_MESSAGE_BYTES OUTBOX_RETENTION_MS DEAD_LETTER_RETENTION_MS
    CLAIM_CHECK_URL CLAIM_CHECK_THRESHOLD_BYTES CLAIM_CHECK_RETENTION_MS
    CALL_TIMEOUT_MS SAGA_STEP_DEADLINE_MS
    MONITOR_INTERVAL_MS ALERT_WEBHOOK_URL ALERT_WEBHOOK_SECRET
    ALERT_DEAD_LETTERS ALERT_DEAD_LETTERS_GROWTH ALERT_COMPENSATION_FAILED
    SERVICE_VERSION LOG_LEVEL`.split(/\s+/),
];
