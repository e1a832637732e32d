import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

import { Inject, Injectable } from '@nestjs/common';
import type { OnModuleDestroy } from '@nestjs/common';
import { ConflictError } from '@waybill/http';

import { LAB_CONFIG } from '../lab-config.token.js';
import type { LabConfig } from '../lab.config.js';
import type { Dial, DialHolder, Settings } from './dial.js';
import { drawOrder } from './draw-order.js';

const NAME = 'load';
const CHOICES = { rate: ['5', '1', '20', '50'], orders: ['mixed', 'good'] } as const;
/** Beyond these a customer who waits would have left: a system that answers nobody is not flooded. */
const MOST_AT_ONCE = 200;
/** As a shop does, with the same Idempotency-Key: it can't know whether the order was taken. */
const TRIES = 20;
const TRY_AGAIN_MS = 1_000;
const ANSWER_MS = 10_000;

interface Running {
  readonly settings: Settings;
  readonly since: string;
  readonly until: string;
  readonly stop: AbortController;
}

/** Customers: so many orders a second, placed as a shop places them. */
@Injectable()
export class Load implements DialHolder, OnModuleDestroy {
  #running: Running | undefined;
  #placed = 0;
  #open = 0;

  constructor(@Inject(LAB_CONFIG) private readonly config: Pick<LabConfig, 'orderUrl'>) {}

  async dials(): Promise<readonly Dial[]> {
    const { settings, since, until } = this.#running ?? {};
    const isActive = settings !== undefined && since !== undefined && until !== undefined;
    const active = isActive ? { settings, since, until } : null;
    return [{ name: NAME, kind: 'held', choices: CHOICES, unavailable: null, active, did: this.#placed }];
  }

  async begin(_: string, settings: Settings, seconds: number): Promise<void> {
    if (this.#running !== undefined) throw new ConflictError('DIAL_ACTIVE', 'It is active already: end it first.');
    const now = Date.now();
    const running = {
      settings,
      since: new Date(now).toISOString(),
      until: new Date(now + seconds * 1_000).toISOString(),
      stop: new AbortController(),
    };
    this.#running = running;
    this.#placed = 0;
    void this.#run(running, Number(settings['rate']), now + seconds * 1_000);
  }

  async end(): Promise<void> {
    this.#running?.stop.abort();
    this.#running = undefined;
  }

  onModuleDestroy(): void {
    this.#running?.stop.abort();
  }

  async #run(running: Running, rate: number, endsAt: number): Promise<void> {
    const { signal } = running.stop;
    const isMixed = running.settings['orders'] === 'mixed';
    while (!signal.aborted && Date.now() < endsAt) {
      if (this.#open < MOST_AT_ONCE) void this.#place(drawOrder(isMixed), signal);
      await delay(1_000 / rate, undefined, { signal }).catch(() => {}); // ended
    }
    if (this.#running === running) this.#running = undefined;
  }

  /** An order that was begun is seen through when the load ends: it may be taken already. */
  async #place(order: object, signal: AbortSignal): Promise<void> {
    this.#open += 1;
    const key = randomUUID();
    try {
      for (let tries = 1; tries <= TRIES && (tries === 1 || !signal.aborted); tries++) {
        if (await this.#post(order, key)) {
          this.#placed += 1;
          return;
        }
        await delay(TRY_AGAIN_MS);
      }
    } finally {
      this.#open -= 1;
    }
  }

  /** @returns whether the answer is final */
  async #post(order: object, key: string): Promise<boolean> {
    try {
      const response = await fetch(`${this.config.orderUrl}/orders`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': key },
        body: JSON.stringify(order),
        signal: AbortSignal.timeout(ANSWER_MS),
      });
      await response.arrayBuffer();
      return response.status < 500 && response.status !== 409; // 409: the first try is still under way
    } catch {
      return false;
    }
  }
}
