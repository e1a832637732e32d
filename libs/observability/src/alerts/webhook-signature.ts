import { createHmac } from 'node:crypto';

/** `whsec_` and 24 to 64 bytes in base64, as Standard Webhooks has it. */
export const WEBHOOK_SECRET = /^whsec_[A-Za-z0-9+/]{32,86}={0,2}$/;

/**
 * The signature header's value. Source: Standard Webhooks, https://www.standardwebhooks.com: HMAC-SHA256 over id,
 * timestamp and body, so that neither can be exchanged or replayed later.
 * @param timestampSeconds since 1970
 */
export function signWebhook(secret: string, id: string, timestampSeconds: number, body: string): string {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  return `v1,${createHmac('sha256', key).update(`${id}.${timestampSeconds}.${body}`).digest('base64')}`;
}
