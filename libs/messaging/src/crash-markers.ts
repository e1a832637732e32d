import type { MessageIdentity } from './received-message.js';

/** Whether a death while the message is in hand is to be counted against it. */
export type Company = 'alone' | 'among-others';

/** A message that a process of the group had in hand when it died. */
export interface Suspicion {
  readonly identity: MessageIdentity;
  /** Deaths while it was handled alone. */
  readonly deaths: number;
}

export interface DeathReport {
  /** When the last death of a process of the group was noticed, in milliseconds; `undefined` = none of late. */
  readonly lastDeathAtMs: number | undefined;
  readonly suspects: readonly Suspicion[];
}

/**
 * Knows which processes of a consumer group have died without a clean end, and what they had marked as in hand.
 * Outside every transaction: what a process writes here outlives its death. Implemented by `@waybill/dlq`.
 */
export interface CrashMarkers {
  /** From here on this process counts as alive, until it closes or dies. */
  open(group: string): Promise<void>;
  /** The clean end: forgets what this process has marked, so that nothing counts as a death. Repeatable. */
  close(): Promise<void>;
  /**
   * Looks for processes that have died. What they had marked becomes suspect, once, whichever process looks; what they had marked
   * as alone has one death more.
   */
  look(group: string): Promise<DeathReport>;
  /**
   * Marks messages as in this process' hand. What another living process has marked stays its own.
   * @returns for each message the deaths counted against it, where it is suspect.
   */
  mark(group: string, messages: readonly MessageIdentity[], company: Company): Promise<readonly (number | undefined)[]>;
  /** The messages have come to an end, whatever it is: no marker, no suspicion. */
  unmark(group: string, messages: readonly MessageIdentity[]): Promise<void>;
}
