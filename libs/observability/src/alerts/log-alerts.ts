import { Logger } from '@nestjs/common';

import type { Alert, AlertPort } from './alert.js';

/** Alerts as lines of the log: error where it is critical, warn where it isn't, info at the end. */
export class LogAlerts implements AlertPort {
  readonly #logger = new Logger('Alert');

  async send(alert: Alert): Promise<void> {
    const { state, severity, startedAt, endedAt, ...ids } = alert;
    const fields = {
      ...ids,
      severity,
      startedAt: startedAt.toISOString(),
      ...(endedAt && { endedAt: endedAt.toISOString() }),
    };
    if (state === 'resolved') this.#logger.log({ ...fields, message: 'Alert resolved' });
    else if (severity === 'critical') this.#logger.error({ ...fields, message: 'Alert firing' });
    else this.#logger.warn({ ...fields, message: 'Alert firing' });
  }
}
