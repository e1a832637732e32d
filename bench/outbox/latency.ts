import { setTimeout as delay } from 'node:timers/promises';

import type { NewMessage } from '@waybill/messaging';
import { until } from '@waybill/outbox/testing';

import { benchMessage, watched } from './setting.js';
import type { Bench } from './setting.js';

/** From the end of COMMIT to the broker's acknowledgement; `rate` counts messages. */
export async function measureLatency(
  bench: Bench,
  rate: number,
  perTransaction: number,
  durationMs: number,
): Promise<{ latencies: readonly number[]; achievedRate: number }> {
  const topic = await bench.newTopic();
  const committedAt = new Map<string, number>();
  const acknowledgedAt = new Map<string, number>();
  const broker = watched(bench.broker, (ids) => {
    const now = performance.now();
    for (const id of ids) if (!acknowledgedAt.has(id)) acknowledgedAt.set(id, now);
  });
  const { outbox, relay } = bench.harness.withRelay(broker, {
    topics: [topic],
    relay: { leaseMs: 5_000, pollIntervalMs: 1_000 },
  });
  relay.start();
  await until('shards are held', async () => (await relay.state()).shards > 0);
  const add = async (messages: readonly NewMessage[]): Promise<void> => {
    await bench.harness.add(outbox, ...messages);
    const now = performance.now();
    for (const { id } of messages) committedAt.set(id, now);
  };
  const start = performance.now();
  const open = new Set<Promise<void>>();
  let sent = 0;
  while (performance.now() - start < durationMs) {
    const due = Math.floor(((performance.now() - start) / 1000) * rate);
    for (; sent + perTransaction <= due && open.size < 500; sent += perTransaction) {
      const messages = Array.from({ length: perTransaction }, (_, n) => benchMessage(topic, `order-${sent + n}`));
      const adding = add(messages).finally(() => open.delete(adding));
      open.add(adding);
    }
    await delay(2);
  }
  await Promise.all(open);
  const achievedRate = committedAt.size / ((performance.now() - start) / 1000);
  await until('all are acknowledged', () => [...committedAt.keys()].every((id) => acknowledgedAt.has(id)), 60_000);
  await relay.stop();
  const warmUp = start + durationMs * 0.1;
  const latencies = [...committedAt]
    .filter(([, at]) => at > warmUp)
    .map(([id, at]) => Math.max(0, (acknowledgedAt.get(id) ?? Infinity) - at));
  return { latencies, achievedRate };
}
