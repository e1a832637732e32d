import type { BrokerLog } from '@waybill/messaging';

import type { Aws } from './aws.js';
import type { SqsNames } from './names.js';

const LOOK_EVERY_MS = 30_000;

/**
 * Looks into the nets of a group's topics: what lies there was delivered to some group so often that SQS gave up, or could not be delivered by SNS at
 * all, and nobody handles it. Says so each time there is more of it.
 */
export class NetWatch {
  readonly #known = new Map<string, number>();
  readonly #timer: NodeJS.Timeout;

  constructor(
    private readonly aws: Aws,
    private readonly names: SqsNames,
    private readonly topics: readonly string[],
    private readonly log: BrokerLog,
    everyMs = LOOK_EVERY_MS,
  ) {
    this.#timer = setInterval(() => void this.look(), everyMs);
  }

  async look(): Promise<void> {
    for (const topic of this.topics) {
      try {
        const count = await this.aws.count(this.names.net(topic));
        if (count > (this.#known.get(topic) ?? 0)) this.#tell(topic, count);
        this.#known.set(topic, count);
      } catch (error) {
        this.log.debug(`sqs: the net of ${topic}: ${String(error)}`); // the subscription itself says that AWS is away
      }
    }
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #tell(topic: string, count: number): void {
    const queue = this.names.net(topic);
    this.log.error(
      `ALERT sqs: ${count} records of ${topic} lie in ${queue}: they were delivered too often, or could not be delivered; nobody handles them`,
    );
  }
}
