import { openOrderClient } from './order-client.js';

export interface LoadResult {
  readonly orders: number;
  readonly concurrency: number;
  readonly ordersPerSecond: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  /** Orders that didn't end as FULFILLED, by what they ended as. */
  readonly others: Readonly<Record<string, number>>;
}

/**
 * Places orders, each in one request that is answered when the order has ended (`Prefer: wait`), as the yardsticks are asked; a
 * fixed number of them in flight, dealt out to the replicas in turns.
 */
export async function runLoad(urls: readonly string[], orders: number, concurrency: number): Promise<LoadResult> {
  const client = openOrderClient(urls, concurrency);
  const latencies: number[] = [];
  const others: Record<string, number> = {};
  let started = 0;
  const began = performance.now();
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      while (started++ < orders) {
        const from = performance.now();
        const end = await client.placeAndWait();
        latencies.push(performance.now() - from);
        if (end !== 'FULFILLED') others[end] = (others[end] ?? 0) + 1;
      }
    }),
  );
  const seconds = (performance.now() - began) / 1000;
  client.close();
  const quantile = quantilesOf(latencies);
  return {
    orders: latencies.length,
    concurrency,
    ordersPerSecond: latencies.length / seconds,
    p50Ms: quantile(0.5),
    p95Ms: quantile(0.95),
    p99Ms: quantile(0.99),
    others,
  };
}

function quantilesOf(numbers: readonly number[]): (q: number) => number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return (q) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? 0;
}
