export interface InboxOptions {
  /**
   * How long a message is remembered, in milliseconds: at least as long as anything can redeliver it.
   * @default 1296000000 (15 days: retention and segments of 7 days each, and an outage of one)
   */
  readonly windowMs?: number;
  /** Time between two sweeps, in milliseconds. @default 60000 */
  readonly sweepIntervalMs?: number;
}

export const INBOX_OPTIONS = Symbol('waybill:inbox-options');

export const DEFAULT_WINDOW_MS = 15 * 24 * 3_600_000;
