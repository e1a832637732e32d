export { DeadLetterAdminModule } from './admin/dead-letter-admin.module.js';
export { DeadLetterModule } from './dead-letter.module.js';
export type { DeadLetterModuleOptions } from './dead-letter.module.js';
export { deadLetterTopic } from './dead-letter.message.js';
export type { DeadLetterData } from './dead-letter.message.js';
export { DeadLetterStore } from './dead-letter-store.js';
export { DeadLetters } from './dead-letters.js';
export type { Actor, LetterGroup, ListOptions } from './dead-letters.js';
export {
  InvalidPayloadError,
  LetterNotDeadError,
  LetterNotFoundError,
  LetterSupersededError,
  LetterVersionUnknownError,
  LetterWithoutContractError,
  ReplayRunNotFoundError,
} from './dead-letter.errors.js';
export type { AuditedAction } from './audited-action.js';
export { Discards } from './discards.js';
export type { DiscardFilter } from './discards.js';
export { LetterEdits } from './letter-edits.js';
export type { LetterFilter } from './letter-filter.js';
export type { Letter, LetterSummary } from './letter-views.js';
export { ParkedKeys } from './parked-keys.js';
export type { ParkedKey } from './parked-keys.js';
export type { PreviewItem } from './preview-item.js';
export { Replays } from './replays.js';
export type { ReplayCounts, ReplayOptions, ReplayPreview, ReplayReport, ReplayRun } from './replays.js';
export { HeldMessages } from './held-messages.js';
export type { HeldRow, HeldState } from './held-rows.js';
export { deadLetterMigrations } from './migrations.js';
export { PostgresCrashMarkers } from './postgres-crash-markers.js';
export { DEAD_LETTER_SINK } from './tokens.js';
export type { DeadLetterOptions, DeadLetterSink } from './tokens.js';
