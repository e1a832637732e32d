export type {
  Broker,
  BrokerRecord,
  Headers,
  Lane,
  LanePosition,
  Publisher,
  PublishOutcome,
  RecordToPublish,
  Subscription,
  SubscriptionListener,
  SubscriptionOptions,
} from './broker.js';
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
  InvalidMessageData,
  MessageRefused,
  MessagingMisconfigured,
  OutsideCallTimedOut,
  UnhandledMessage,
} from './messaging.errors.js';
export type { DataFault } from './messaging.errors.js';
export type {
  FailedMessage,
  FailureDecision,
  FailureStore,
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
  UnitOfWork,
} from './ports.js';
export type { MessageIdentity, ReceivedMessage } from './received-message.js';
export { BROKER, FAILURE_STORE, HELD_MESSAGE_RUNNER, INBOX, UNIT_OF_WORK } from './tokens.js';
