import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { BatchMessageHandler } from '@waybill/messaging';
import type { ReceivedMessage } from '@waybill/messaging';

import { dropDatabase } from '../shared/drop-database.js';
import type { Place } from '../shared/infrastructure.js';
import { consumingService } from './service.js';
import { benchContract, fillTopic } from './setting.js';

/** A consumer that catches up with a full topic; its handler does nothing. @returns messages/s, counted from the first batch on. */
export async function measureConsuming(place: Place, messages: number): Promise<number> {
  const name = `bench_consume_${Date.now()}`;
  const contract = benchContract('event', name);
  await fillTopic(place, contract, messages, (n) => `order-${n}`);

  let handled = 0;
  let firstAt = 0;
  let first = 0;
  let onAll = (): void => {};
  const all = new Promise<void>((resolve) => (onAll = resolve));

  @Controller()
  class BenchController {
    @BatchMessageHandler(contract)
    take(@Payload() batch: readonly ReceivedMessage[]): void {
      handled += batch.length;
      if (first === 0) [first, firstAt] = [handled, performance.now()];
      if (handled >= messages) onAll();
    }
  }

  const app = await consumingService(place, name, contract, BenchController);
  await app.startAllMicroservices();
  await all;
  const seconds = (performance.now() - firstAt) / 1_000;
  await app.close();
  await dropDatabase(place.serverUrl, name);
  return (messages - first) / seconds;
}
