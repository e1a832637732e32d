import { holdsKey } from './compose-batch.js';
import type { DeliveryQueue } from './delivery-queue.js';
import type { Delivery } from './delivery.js';
import type { Gate } from './gate.js';

/** Draws from the queue what can be handled now: what every gate lets through. */
export class Intake {
  constructor(
    private readonly queue: DeliveryQueue,
    private readonly gates: readonly Gate[],
    private readonly maxBatch: number,
  ) {}

  /** `nothingIsCalled`: no outside call is in flight or to be concluded. */
  take(nothingIsCalled: boolean): readonly Delivery[] {
    while (this.gates.every((gate) => gate.mayDraw?.(nothingIsCalled) !== false)) {
      const drawn = this.queue.take(this.maxBatch, holdsKey);
      let admitted: readonly Delivery[] = drawn;
      for (const gate of this.gates) admitted = gate.admit?.(admitted) ?? admitted;
      if (admitted.length > 0 || drawn.length === 0) return admitted;
    }
    return [];
  }
}
