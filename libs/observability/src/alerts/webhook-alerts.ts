import { setTimeout as delay } from 'node:timers/promises';
import { types } from 'node:util';

import { backoffMs } from '../background/backoff.js';
import type { Alert, AlertPort } from './alert.js';
import { AlertQueueFullError, WebhookFailedError } from './alerts.errors.js';
import { signWebhook } from './webhook-signature.js';

export interface WebhookOptions {
  readonly url: string;
  /** `whsec_…`; never logged. */
  readonly secret: string;
  /** Tries before the alert is left for later. @default 5 */
  readonly attempts?: number;
  /** First pause between tries; doubles, up to eight times, with jitter. @default 1000 */
  readonly retryBaseMs?: number;
  /** Of one try. @default 5000 */
  readonly timeoutMs?: number;
  /** Alerts that may wait for those before them. @default 100 */
  readonly mostWaiting?: number;
}

/**
 * POSTs each alert as JSON, signed in the manner of Standard Webhooks: `webhook-id` (the same in every repetition, so that
 * the receiver can tell), `webhook-timestamp`, `webhook-signature`. Any 2xx answer = arrived. Tries again after a timeout,
 * a broken connection, 408, 429 and 5xx; a redirect and other refusals count as failed at once. In the order of the calls. Once all tries of
 * one alert were in vain, the following ones have one try each until one gets through, so that those who wait aren't kept for minutes.
 */
export class WebhookAlerts implements AlertPort {
  readonly #options: Required<WebhookOptions>;
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #isAway = false;

  constructor(options: WebhookOptions) {
    this.#options = { attempts: 5, retryBaseMs: 1_000, timeoutMs: 5_000, mostWaiting: 100, ...options };
  }

  /** @throws WebhookFailedError, AlertQueueFullError */
  async send(alert: Alert): Promise<void> {
    if (this.#waiting >= this.#options.mostWaiting) throw new AlertQueueFullError(this.#waiting);
    this.#waiting += 1;
    const before = this.#last;
    const sending = before.catch(() => {}).then(() => this.#send(alert)); // its sender hears of its failure
    this.#last = sending;
    try {
      await sending;
    } finally {
      this.#waiting -= 1;
    }
  }

  async #send(alert: Alert): Promise<void> {
    const { attempts, retryBaseMs } = this.#options;
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.#post(alert);
        this.#isAway = false;
        return;
      } catch (error) {
        if (error instanceof WebhookFailedError) throw error;
        if (this.#isAway || attempt >= attempts) {
          this.#isAway = true;
          throw failureOf(error);
        }
      }
      const pauseMs = backoffMs(attempt, { baseMs: retryBaseMs, maxMs: retryBaseMs * 8 });
      await delay(pauseMs, undefined, { ref: false });
    }
  }

  /** @throws WebhookFailedError where no repetition can help; any other error where one can */
  async #post(alert: Alert): Promise<void> {
    const { url, secret, timeoutMs } = this.#options;
    const id = `msg_${alert.incident}_${alert.state}`;
    const body = JSON.stringify(payloadOf(alert));
    const timestamp = Math.floor(Date.now() / 1_000);
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'webhook-id': id,
        'webhook-timestamp': String(timestamp),
        'webhook-signature': signWebhook(secret, id, timestamp, body),
      },
      body,
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    });
    await response.body?.cancel();
    if (response.ok) return;
    const { status } = response;
    const answer = `it answered ${status}`;
    throw status >= 500 || status === 408 || status === 429 ? new Error(answer) : new WebhookFailedError(answer);
  }
}

function payloadOf({ state, startedAt, endedAt, ...data }: Alert): object {
  return {
    type: `alert.${state}`,
    timestamp: (endedAt ?? startedAt).toISOString(),
    data: {
      ...data,
      state,
      startedAt: startedAt.toISOString(),
      ...(endedAt && { endedAt: endedAt.toISOString() }),
    },
  };
}

/** A signal's timeout is a DOMException, which isn't a native error on every version of Node. */
function isTimeout(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'name' in error && error.name === 'TimeoutError';
}

/** fetch says `fetch failed`, and in its cause why. Neither names the URL. */
function failureOf(error: unknown): WebhookFailedError {
  if (error instanceof WebhookFailedError) return error;
  if (isTimeout(error)) return new WebhookFailedError('it gave no answer in time');
  if (!types.isNativeError(error)) return new WebhookFailedError('unknown reason'); // errors of another realm count too
  const { message, cause } = error;
  const code = types.isNativeError(cause) && 'code' in cause ? ` (${String(cause.code)})` : '';
  return new WebhookFailedError(`${message}${code}`);
}
