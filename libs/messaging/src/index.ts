export { askPayloadStore } from './ask-payload-store.js';
export type {
  Broker,
  BrokerDeadLetters,
  BrokerLog,
  BrokerRecord,
  Headers,
  HeaderValue,
  LagReader,
  Lane,
  LaneLag,
  LanePosition,
  LostLog,
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
export type { Company, CrashMarkers, DeathReport } from './crash-markers.js';
export type { CallPoint, MessagesHandle, RecordsReceived } from './consumer/diagnostics.js';
export type { DataOf, MessageContract, MessageKind, TopicSpec } from './contract.js';
export type { CalledMessage, MessageContext, OutsideCalls } from './handler.js';
export { publishedId } from './envelope.js';
export { isTooDeep, maskMessage, maskPersonal, namesIn, shapeOf, shapeUnknown, textsAt } from './mask-personal.js';
export type { MaskableContract } from './mask-personal.js';
export { newMessage } from './message.js';
export { OpenParts } from './open-parts.js';
export type { Cause, NewMessage } from './message.js';
export {
  BrokerUnavailable,
  InvalidMessageData,
  MessagingMisconfigured,
  StillReadingAgain,
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
  RowLock,
  TopicKey,
  Undoing,
  UnitOfWork,
} from './ports.js';
export type { MessageIdentity, PlacedMessage, ReceivedMessage } from './received-message.js';
export {
  BROKER,
  CLAIM_CHECK,
  CRASH_MARKERS,
  FAILURE_STORE,
  HELD_MESSAGE_RUNNER,
  INBOX,
  LANE_LEDGER,
  OUTBOX_LIMITS,
  UNIT_OF_WORK,
} from './tokens.js';
export { decodeEnvelope, encodeEnvelope } from './codec/envelope-headers.js';
export { envelopeSchema } from './codec/envelope-schema.js';
export { identityKey } from './codec/identity.js';
export { headerValues } from './codec/header-values.js';
export { partitionOf, positiveHash } from './codec/partition-of.js';
export { parseMessageType } from './codec/message-type.js';
export { decodeReference, encodeReference, REFERENCE_BYTES, referTo } from './codec/payload-reference.js';
export type { PayloadReference } from './codec/payload-reference.js';
export { assignLanes } from './lanes/assign-lanes.js';
export type { GroupMember } from './lanes/assign-lanes.js';
export { laneId } from './lanes/lane-id.js';
export { describeIssue, LOSSES } from './lanes/lane-ledger.js';
export type {
  LaneIssue,
  LaneIssueKind,
  LaneLedger,
  LaneMark,
  LaneOperator,
  OpenLaneIssue,
} from './lanes/lane-ledger.js';
export type { Restoration } from './lanes/restoration.js';
export { MessagingAdminModule } from './admin/messaging-admin.module.js';
export { LaneIssues } from './nest/lane-issues.js';
export { ConsumerLag } from './nest/consumer-lag.js';
export type { OutboxLimits } from './retention/retention-model.js';
export { retentionSettings } from './retention/retention-config.js';
export { BatchMessageHandler, MessageHandler, OutsideCallHandler } from './nest/handler-decorators.js';
export { MessageConsumer } from './nest/message-consumer.js';
export { ReadingProgress } from './nest/reading-progress.js';
export { MessagingModule } from './nest/messaging.module.js';
