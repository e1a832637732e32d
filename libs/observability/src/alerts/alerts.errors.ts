/** A webhook didn't take an alert. Its URL is not shown: it may hold a token. */
export class WebhookFailedError extends Error {
  readonly code = 'ALERT_WEBHOOK_FAILED';
  override readonly name = 'WebhookFailedError';

  constructor(reason: string, options?: ErrorOptions) {
    super(`The alert webhook failed: ${reason}`, options);
  }
}

/** More alerts are on their way than may wait. */
export class AlertQueueFullError extends Error {
  readonly code = 'ALERT_QUEUE_FULL';
  override readonly name = 'AlertQueueFullError';

  constructor(waiting: number) {
    super(`${waiting} alerts wait for the webhook; this one is sent again later`);
  }
}
