import ConsumerGroup from 'kafkajs/src/consumer/consumerGroup.js';
import Runner from 'kafkajs/src/consumer/runner.js';

type Positions = ConsumerGroup['offsetManager'];

/** The positions that each batch was fetched with. Every join makes new ones. */
const fetchedWith = new WeakMap<object, Positions>();
const positionsOf = new WeakMap<ConsumerGroup, Positions>();
let patched = false;

/**
 * Drops what was fetched before a join. With several brokers a fetch from one of them joins the group again while others are
 * under way, for instance where a leader has changed. By itself kafkajs hands their answers over after the join, and moves
 * the new positions behind them: past records that were dropped at the join. Dropped here, they are fetched again.
 *
 * Forgets what was sought before a join, too: by itself kafkajs would begin the new generation there, past unhandled records.
 */
export function keepGenerationsApart(): void {
  if (patched) return;
  patched = true;
  const { fetch } = ConsumerGroup.prototype;
  const { handleBatch } = Runner.prototype;

  ConsumerGroup.prototype.fetch = async function fetchAndRemember(nodeId): Promise<readonly object[]> {
    const { offsetManager } = this;
    const batches = await fetch.call(this, nodeId);
    for (const batch of batches) fetchedWith.set(batch, offsetManager);
    return batches;
  };

  // As late as this: a batch may have waited for those before it. From here to the moved position kafkajs doesn't wait.
  Runner.prototype.handleBatch = async function handleOrDrop(batch): Promise<void> {
    if (fetchedWith.get(batch) === this.consumerGroup.offsetManager) await handleBatch.call(this, batch);
  };

  // In the same step in which a generation gets its positions: a fetch may look for seeks at once, and listeners to the join seek.
  Object.defineProperty(ConsumerGroup.prototype, 'offsetManager', {
    configurable: true,
    get(this: ConsumerGroup): Positions | undefined {
      return positionsOf.get(this);
    },
    set(this: ConsumerGroup, positions: Positions) {
      if (positionsOf.get(this)) this.seekOffset.clear(); // the first generation begins where it was told before, as by Admin.setOffsets
      positionsOf.set(this, positions);
    },
  });
}
