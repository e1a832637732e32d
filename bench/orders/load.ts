import { Agent, request } from 'node:http';
import type { IncomingMessage } from 'node:http';

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

interface Reply {
  readonly status: number;
  readonly body: string;
}

/**
 * Places orders, each in one request that is answered when the order has ended (`Prefer: wait`), as the yardsticks are asked; a
 * fixed number of them in flight, dealt out to the replicas in turns.
 * Raw node:http on purpose: the generator shares the machine with what it measures.
 */
export async function runLoad(urls: readonly string[], orders: number, concurrency: number): Promise<LoadResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: concurrency });
  const hosts = urls.map((url) => new URL(url));
  let sent = 0;
  const post = (path: string, headers: Record<string, string>, body: string): Promise<Reply> =>
    new Promise((resolve, reject) => {
      const { hostname, port } = hosts[sent++ % hosts.length] ?? {};
      const outgoing = request({ hostname, port, method: 'POST', path, agent, headers }, (incoming) => {
        readAll(incoming).then((text) => resolve({ status: incoming.statusCode ?? 0, body: text }), reject);
      });
      outgoing.on('error', reject);
      outgoing.end(body);
    });

  const body = JSON.stringify({
    customerId: 'bench',
    items: ['SKU-MUG-BLUE', 'SKU-TEA-GREEN', 'SKU-TEA-BLACK'].map((sku) => ({ sku, quantity: 1 })),
    shippingAddress: { name: 'A', line1: 'B', city: 'C', postalCode: '12345', country: 'DE' },
    paymentMethod: 'pm_card_ok',
  });
  const headers = {
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
    prefer: 'wait=30',
  };

  async function placeAndWait(): Promise<string> {
    const ended = await post('/orders', headers, body);
    return ended.status === 201 ? (JSON.parse(ended.body) as { status: string }).status : `HTTP ${ended.status}`;
  }

  const latencies: number[] = [];
  const others: Record<string, number> = {};
  let started = 0;
  const began = performance.now();
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      while (started++ < orders) {
        const from = performance.now();
        const end = await placeAndWait();
        latencies.push(performance.now() - from);
        if (end !== 'FULFILLED') others[end] = (others[end] ?? 0) + 1;
      }
    }),
  );
  const seconds = (performance.now() - began) / 1000;
  agent.destroy();
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

async function readAll(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer); // an HTTP body without encoding yields buffers
  return Buffer.concat(chunks).toString();
}
