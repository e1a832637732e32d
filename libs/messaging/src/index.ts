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
export type { DataFault } from './messaging.errors.js';
export type {
  FailedMessage,
  FailureDecision,
  FailureStore,
  HeldMessage,
  HeldOutcome,
  Inbox,
  RetryPolicy,
  RowLock,
  TopicKey,
  UnitOfWork,
} from './ports.js';
export type { MessageIdentity, ReceivedMessage } from './received-message.js';
