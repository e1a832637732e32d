import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ReceivedWebhook {
  readonly id: string;
  readonly timestamp: number;
  readonly signature: string;
  readonly text: string;
  readonly body: { readonly type: string; readonly data: Readonly<Record<string, unknown>> };
}

export interface WebhookReceiver {
  readonly url: string;
  readonly received: readonly ReceivedWebhook[];
  /** Statuses of the next answers; afterwards 204. `hang` = no answer. */
  readonly answers: (number | 'hang')[];
  close(): Promise<void>;
}

/** A receiver of webhooks on 127.0.0.1. */
export async function receiveWebhooks(): Promise<WebhookReceiver> {
  const received: ReceivedWebhook[] = [];
  const answers: (number | 'hang')[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString();
      received.push({
        id: String(request.headers['webhook-id']),
        timestamp: Number(request.headers['webhook-timestamp']),
        signature: String(request.headers['webhook-signature']),
        text,
        body: JSON.parse(text) as ReceivedWebhook['body'], // what the test looks at
      });
      const answer = answers.shift() ?? 204;
      if (answer !== 'hang') response.writeHead(answer, answer === 302 ? { location: '/elsewhere' } : {}).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // it listens on TCP
  return {
    url: `http://127.0.0.1:${port}/hook?token=url-token`,
    received,
    answers,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Whether the signature is right, worked out by the words of the Standard Webhooks specification. */
export function isSigned({ id, timestamp, text, signature }: ReceivedWebhook, secret: string): boolean {
  const [, base64 = ''] = secret.split('_');
  const hmac = createHmac('sha256', Buffer.from(base64, 'base64'));
  const expected = hmac.update([id, String(timestamp), text].join('.')).digest();
  const [version, given = ''] = signature.split(',');
  const actual = Buffer.from(given, 'base64');
  return version === 'v1' && actual.length === expected.length && timingSafeEqual(actual, expected);
}
