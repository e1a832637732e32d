import type { FailureDecision } from '../ports.js';

/** What the consumer tells those who count and log. None of these may throw or block. */
export interface ConsumerObserver {
  /** A batch has committed; `settled`: how many messages it has dealt with, by topic, not counting those that are called for now. */
  onBatch?(batch: {
    readonly messages: number;
    readonly durationMs: number;
    readonly settled: ReadonlyMap<string, number>;
  }): void;
  /** A record that isn't for this group was passed over. */
  onSkipped?(skipped: { readonly topic: string; readonly type: string | undefined; readonly why: string }): void;
  /** A message's attempt failed, and what was decided. */
  onFailure?(failure: {
    readonly handler: string | undefined;
    readonly messageId: string;
    readonly attempts: number;
    readonly error: unknown;
    readonly decision: FailureDecision;
  }): void;
  /** The infrastructure failed; the batch is run again. */
  onInterrupted?(error: unknown): void;
  /** A process of the group was found to have died; this many messages are handled alone until the guilty one is known. */
  onDeath?(death: { readonly suspects: number }): void;
  /** How many calls of a handler may be in flight has changed, or whether what it calls is taken for down. */
  onCallLimit?(change: { readonly handler: string; readonly limit: number; readonly isDown: boolean }): void;
}
