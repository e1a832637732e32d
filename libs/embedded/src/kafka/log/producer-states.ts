import { ErrorCode, type Refusal } from '../protocol/error-codes.js';
import type { BatchHeader } from './record-batch.js';

/** As many as an idempotent producer may have in flight: a retry of any of them is recognised. */
const REMEMBERED_BATCHES = 5;
/** Per partition; beyond it, the producer that has been silent longest is forgotten. */
const MAX_PRODUCERS = 1_000;

interface WrittenBatch {
  readonly firstSequence: number;
  readonly lastSequence: number;
  readonly baseOffset: number;
}

interface ProducerState {
  readonly epoch: number;
  readonly batches: readonly WrittenBatch[];
}

export type ProducerVerdict =
  | { readonly kind: 'append' }
  | { readonly kind: 'duplicate'; readonly baseOffset: number }
  | { readonly kind: 'refuse'; readonly errorCode: Refusal };

/**
 * What idempotent producers have written to one partition. A batch is appended only if its sequence follows; a repeated
 * one is answered with the offset it has already, also after a restart.
 */
export class ProducerStates {
  readonly #states = new Map<number, ProducerState>();

  get isEmpty(): boolean {
    return this.#states.size === 0;
  }

  judge(batch: BatchHeader): ProducerVerdict {
    const state = this.#states.get(batch.producerId);
    if (batch.producerId < 0 || state === undefined) return { kind: 'append' };
    if (batch.producerEpoch < state.epoch) return { kind: 'refuse', errorCode: ErrorCode.INVALID_PRODUCER_EPOCH };
    if (batch.producerEpoch > state.epoch) return batch.baseSequence === 0 ? { kind: 'append' } : OUT_OF_ORDER;
    const lastSequence = advance(batch.baseSequence, batch.lastOffsetDelta);
    const written = state.batches.find(
      (b) => b.firstSequence === batch.baseSequence && b.lastSequence === lastSequence,
    );
    if (written !== undefined) return { kind: 'duplicate', baseOffset: written.baseOffset };
    const expected = advance(state.batches.at(-1)?.lastSequence ?? -1, 1);
    return batch.baseSequence === expected ? { kind: 'append' } : OUT_OF_ORDER;
  }

  /** Remembers a batch that is in the log, at its place there. */
  record(batch: BatchHeader, baseOffset: number): void {
    if (batch.producerId < 0) return;
    const before = this.#states.get(batch.producerId);
    const earlier = before?.epoch === batch.producerEpoch ? before.batches.slice(1 - REMEMBERED_BATCHES) : [];
    const lastSequence = advance(batch.baseSequence, batch.lastOffsetDelta);
    this.#states.delete(batch.producerId); // Behind the others: the map is in order of the last write.
    this.#states.set(batch.producerId, {
      epoch: batch.producerEpoch,
      batches: [...earlier, { firstSequence: batch.baseSequence, lastSequence, baseOffset }],
    });
    for (const producerId of this.#states.keys()) {
      if (this.#states.size <= MAX_PRODUCERS) break;
      this.#states.delete(producerId);
    }
  }

  clear(): void {
    this.#states.clear();
  }

  /** The state up to `offset`, to be stored beside the log: after a restart, only later batches are read again. */
  toSnapshot(offset: number): Buffer {
    return Buffer.from(JSON.stringify({ offset, producers: [...this.#states] }));
  }

  /** Takes a snapshot over. @returns the offset up to which it speaks, or undefined if it can't be used. */
  restore(snapshot: Buffer | undefined, endOffset: number): number | undefined {
    if (snapshot === undefined) return undefined;
    try {
      // Our own file, written whole and renamed into place.
      const { offset, producers } = JSON.parse(snapshot.toString('utf8')) as {
        readonly offset: number;
        readonly producers: readonly (readonly [number, ProducerState])[];
      };
      if (offset > endOffset) return undefined;
      for (const [producerId, state] of producers) this.#states.set(producerId, state);
      return offset;
    } catch {
      return undefined;
    }
  }
}

const OUT_OF_ORDER: ProducerVerdict = { kind: 'refuse', errorCode: ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER };

/** Sequences wrap from 2^31 - 1 to 0. */
const advance = (sequence: number, by: number): number => (sequence + by) % 2 ** 31;
