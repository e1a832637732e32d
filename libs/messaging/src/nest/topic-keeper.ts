import { Inject, Injectable, Logger } from '@nestjs/common';
import type { OnModuleDestroy } from '@nestjs/common';
import { BackgroundLoop } from '@waybill/observability';

import type { Broker } from '../broker.js';
import { BrokerUnavailable } from '../messaging.errors.js';
import { BROKER } from '../tokens.js';
import { MESSAGING_OPTIONS } from './messaging-options.js';
import type { MessagingModuleOptions } from './messaging-options.js';

/**
 * Keeps the service's topics in place: made at the start, or once the broker is there, and made again, with their settings, where
 * somebody has deleted them. Asks every few seconds, as no broker announces it.
 */
@Injectable()
export class TopicKeeper implements OnModuleDestroy {
  readonly #logger = new Logger('Topics');
  readonly #loop: BackgroundLoop;
  readonly #whenInPlace: (() => void)[] = [];
  #inPlace = false;
  #onLost: (topic: string) => void = () => {};

  constructor(
    @Inject(MESSAGING_OPTIONS) private readonly options: Pick<MessagingModuleOptions, 'topics' | 'checkIntervalMs'>,
    @Inject(BROKER) private readonly broker: Broker,
  ) {
    this.#loop = new BackgroundLoop({
      work: 'keep the topics in place',
      step: () => this.#keep(),
      intervalMs: options.checkIntervalMs ?? 10_000,
    });
  }

  /** Waits for the broker for as long as its adapter does, then continues without it. @throws MessagingMisconfigured when it refuses the topics */
  async open(): Promise<void> {
    try {
      await this.#keep();
    } catch (error) {
      if (!(error instanceof BrokerUnavailable)) throw error;
      this.#logger.warn(`${error.message}; the service starts without it, and consumes once it is there`);
    }
    this.#loop.start();
  }

  get isInPlace(): boolean {
    return this.#inPlace;
  }

  /** Once; at once if they are. */
  whenInPlace(then: () => void): void {
    if (this.#inPlace) then();
    else this.#whenInPlace.push(then);
  }

  /** Hears of each topic that was gone although it had been in place. */
  onLost(listener: (topic: string) => void): void {
    this.#onLost = listener;
  }

  async onModuleDestroy(): Promise<void> {
    await this.#loop.stop();
  }

  async #keep(): Promise<void> {
    const made = await this.broker.ensureTopics(this.options.topics);
    for (const topic of this.#inPlace ? made : []) {
      this.#logger.error(`ALERT the topic ${topic} was gone and has been created again; what was in it is lost`);
      this.#onLost(topic);
    }
    this.#inPlace = true;
    for (const then of this.#whenInPlace.splice(0)) then();
  }
}
