/** Injection tokens: the application binds the ports of messaging to adapters with these. */

/** The {@link Broker}; provided by MessagingModule. */
export const BROKER = Symbol('waybill:broker');
/** Bound by the application, normally to `Database`. */
export const UNIT_OF_WORK = Symbol('waybill:unit-of-work');
/** Bound by the application, normally to `PostgresInbox`. */
export const INBOX = Symbol('waybill:inbox');
/** Bound by the application, normally to `DeadLetterStore`. */
export const FAILURE_STORE = Symbol('waybill:failure-store');
/** The {@link ClaimCheck}, or `undefined` where none is wanted; provided by `ClaimCheckModule`. Optional. */
export const CLAIM_CHECK = Symbol('waybill:claim-check');
/** The {@link OutboxLimits}; provided by `OutboxModule`, for the check of retention. Optional. */
export const OUTBOX_LIMITS = Symbol('waybill:outbox-limits');
/** The {@link HeldMessageRunner}; provided by MessagingModule. */
export const HELD_MESSAGE_RUNNER = Symbol('waybill:held-message-runner');
/** Bound by the application, normally to `PostgresCrashMarkers`; where it isn't, deaths of the process aren't counted. */
export const CRASH_MARKERS = Symbol('waybill:crash-markers');
/** The {@link LaneLedger}; bound by `InboxModule`. Where it isn't, nobody notices lost positions, and unreadable records can't be skipped. */
export const LANE_LEDGER = Symbol('waybill:lane-ledger');
