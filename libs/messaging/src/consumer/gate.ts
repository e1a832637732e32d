import type { Lane } from '../broker.js';
import type { HeldMessage, HeldRun, HeldRunResult } from '../ports.js';
import type { Delivery } from './delivery.js';
import type { CallSlot } from './gates/call-limit/call-slot.js';
import type { ReadRecord } from './read-record.js';

/** What a gate may do with the lanes. */
export interface Lanes {
  /** Ahead of everything else, in the order given; frees their keys. */
  putBack(deliveries: readonly Delivery[]): void;
  /** There may be more to take. */
  wake(): void;
  /** No batch, no call and no conclusion in hand. */
  isIdle(): boolean;
}

/** A held message on its way through the gates. */
export interface HeldTask<Tx> {
  readonly held: HeldMessage;
  readonly run: HeldRun<Tx>;
  readonly read: ReadRecord;
  /** For its outside call, where it has one. */
  readonly slot?: CallSlot;
}

/** Work around each batch. */
export interface AroundBatch {
  /** Before anything is drawn. */
  ready(): Promise<void>;
  /** `nothingElse`: the lanes have nothing else in hand. */
  before(taken: readonly Delivery[], nothingElse: boolean): Promise<void>;
  after(): Promise<void>;
}

/**
 * One reason why a message may have to wait before its handler runs. The engine asks every gate and knows none of them: each
 * lives in its own folder under `gates/`.
 */
export interface Gate {
  attach?(lanes: Lanes): void;
  /** The lanes were dealt out; what was drawn before is lost. */
  onAssigned?(lanes: readonly Lane[]): void;
  /** Whether the lanes may draw anything now. `nothingIsCalled`: no outside call is in flight or to be concluded. */
  mayDraw?(nothingIsCalled: boolean): boolean;
  /** Those that may continue now. The others are the gate's: it puts them back, now or when they no longer have to wait. */
  admit?(drawn: readonly Delivery[]): readonly Delivery[];
  /** `undefined` = nothing to be done around a batch: the rule. */
  readonly around?: AroundBatch | undefined;
  /** The same for a message of the failure store: `next` runs it. Never rejects. */
  aroundHeld?<Tx>(task: HeldTask<Tx>, next: (task: HeldTask<Tx>) => Promise<HeldRunResult>): Promise<HeldRunResult>;
  /** What an operator should know, where messages wait. */
  detail?(): string | undefined;
  /** The lanes have ended what they had in hand. */
  onRest?(): void;
  /** The service drains: nothing new is begun. */
  stop?(): void;
}
