import { Agent, request } from 'node:http';
import type { IncomingMessage } from 'node:http';

interface Reply {
  readonly status: number;
  readonly body: string;
}

export interface OrderClient {
  /** Places an order, by one request that is answered when it has ended. @returns its status, or that of the refusal. */
  placeAndWait(moreHeaders?: Readonly<Record<string, string>>): Promise<string>;
  close(): void;
}

/** Asks the replicas in turns. Raw node:http on purpose: the client shares the machine with what it measures. */
export function openOrderClient(urls: readonly string[], maxSockets: number): OrderClient {
  const agent = new Agent({ keepAlive: true, maxSockets });
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

  return {
    async placeAndWait(moreHeaders) {
      const ended = await post('/orders', { ...headers, ...moreHeaders }, body);
      return ended.status === 201 ? (JSON.parse(ended.body) as { status: string }).status : `HTTP ${ended.status}`;
    },
    close: () => agent.destroy(),
  };
}

async function readAll(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer); // an HTTP body without encoding yields buffers
  return Buffer.concat(chunks).toString();
}
