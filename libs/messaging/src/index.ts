export { askPayloadStore } from './ask-payload-store.js';
export type {
  Broker,
  BrokerLog,
  BrokerRecord,
  Headers,
  HeaderValue,
  LagReader,
  Lane,
  LaneLag,
  LanePosition,
  OpenBroker,
  Publisher,
  PublishOutcome,
  RecordToPublish,
  Subscription,
  SubscriptionListener,
  SubscriptionOptions,
  TopicDefaults,
  TopicLimits,
  UnreadableRecords,
} from './broker.js';
export type { Company, CrashMarkers, DeathReport, Suspicion } from './crash-markers.js';
export type { DataOf, MessageContract, MessageKind, TopicSpec } from './contract.js';
export type { Envelope } from './envelope.js';
export type {
  CalledMessage,
  HandlerDefinition,
  HandlerKind,
  HandlerOptions,
  MessageContext,
  OutsideCall,
  OutsideCalls,
} from './handler.js';
export { newMessage } from './message.js';
export type { Cause, NewMessage, NewMessageOptions } from './message.js';
export {
  BrokerUnavailable,
  CallPostponed,
  InvalidMessageData,
  InvalidMessageTime,
  MessageNotGenuine,
  MessageRefused,
  MessagingMisconfigured,
  OutsideCallTimedOut,
  PayloadCorrupt,
  PayloadMissing,
  PayloadReferenceUnusable,
  PayloadStoreUnavailable,
  PayloadStoreUnbound,
  PayloadUnreadable,
  ProcessCrashed,
  UnhandledMessage,
} from './messaging.errors.js';
export type { DataFault } from './messaging.errors.js';
export type { ClaimCheck, PayloadStore } from './payload-store.js';
export type {
  FailedMessage,
  FailureDecision,
  FailureStore,
  HeldInspection,
  HeldMessage,
  HeldMessageRunner,
  HeldOutcome,
  HeldRun,
  HeldRunResult,
  Inbox,
  InboxOutcome,
  RetryPolicy,
  RowLock,
  TopicKey,
  Undoing,
  UnitOfWork,
} from './ports.js';
export type { MessageIdentity, ReceivedMessage } from './received-message.js';
export {
  BROKER,
  CLAIM_CHECK,
  CRASH_MARKERS,
  FAILURE_STORE,
  HELD_MESSAGE_RUNNER,
  INBOX,
  LANE_LEDGER,
  UNIT_OF_WORK,
} from './tokens.js';
export { decodeEnvelope, encodeEnvelope } from './codec/envelope-headers.js';
export type { ReadEnvelope } from './codec/envelope-headers.js';
export { headerValue, headerValues } from './codec/header-values.js';
export { identityOf } from './codec/identity.js';
export { parseMessageType } from './codec/message-type.js';
export { decodeReference, encodeReference, REFERENCE_BYTES, referTo } from './codec/payload-reference.js';
export type { PayloadReference } from './codec/payload-reference.js';
export type { ConsumerObserver } from './consumer/consumer-observer.js';
export { decideFailure, DEFAULT_RETRY_POLICY } from './consumer/decide-failure.js';
export type { FailurePolicy } from './consumer/decide-failure.js';
export { ALL_LANES } from './lanes/lane-ledger.js';
export type {
  LaneIssue,
  LaneIssueKind,
  LaneLedger,
  LaneMark,
  LaneOperator,
  OpenLaneIssue,
} from './lanes/lane-ledger.js';
export type { EngineHealth } from './consumer/engine-health.js';
export { fetchPayload } from './consumer/gates/payload/read-by-reference.js';
export { MessagingAdminModule } from './admin/messaging-admin.module.js';
export { LaneIssues } from './nest/lane-issues.js';
export { ConsumerLag } from './nest/consumer-lag.js';
export type { TopicLag } from './nest/consumer-lag.js';
export { checkRetention } from './retention/check-retention.js';
export type { RetentionOptions } from './retention/gather-retention.js';
export { retentionSettings } from './retention/retention-config.js';
export type { RetentionModel, TopicRetention } from './retention/retention-model.js';
export { BatchMessageHandler, MessageHandler, OutsideCallHandler } from './nest/handler-decorators.js';
export { MessageConsumer } from './nest/message-consumer.js';
export type { MessagingModuleOptions } from './nest/messaging-options.js';
export { ReadingProgress } from './nest/reading-progress.js';
export type { ReadingState } from './nest/reading-progress.js';
export { MessagingModule } from './nest/messaging.module.js';
