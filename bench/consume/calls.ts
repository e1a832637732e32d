import { setTimeout as delay } from 'node:timers/promises';

import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { OutsideCallHandler } from '@waybill/messaging';
import type { CalledMessage, OutsideCalls, ReceivedMessage } from '@waybill/messaging';

import { dropDatabase } from '../shared/drop-database.js';
import type { Place } from '../shared/infrastructure.js';
import { consumingService } from './service.js';
import { benchContract, fillTopic } from './setting.js';

const MESSAGES_PER_KEY = 5;

/** Calls to the outside of `callMs` each, through prepare, call and conclude, beside awaiting the same number in a row. */
export async function measureCalls(
  place: Place,
  keys: number,
  callMs: number,
): Promise<{ seconds: number; serialSeconds: number }> {
  const name = `bench_calls_${Date.now()}`;
  const contract = benchContract('command', name);
  const messages = keys * MESSAGES_PER_KEY;
  await fillTopic(place, contract, messages, (n) => `order-${n % keys}`);

  let concluded = 0;
  let startedAt = 0;
  let onAll = (): void => {};
  const all = new Promise<void>((resolve) => (onAll = resolve));
  const conclude = async (called: readonly CalledMessage<void>[]): Promise<void> => {
    concluded += called.length;
    if (concluded >= messages) onAll();
  };

  @Controller()
  class BenchController {
    @OutsideCallHandler(contract)
    async call(@Payload() batch: readonly ReceivedMessage[]): Promise<OutsideCalls<void, unknown>> {
      startedAt ||= performance.now();
      return { calls: batch.map(() => () => delay(callMs)), conclude };
    }
  }

  const app = await consumingService(place, name, contract, BenchController);
  await app.startAllMicroservices();
  await all;
  const seconds = (performance.now() - startedAt) / 1_000;
  await app.close();
  await dropDatabase(place.serverUrl, name);

  const serialFrom = performance.now();
  for (let n = 0; n < messages; n += 1) await delay(callMs);
  return { seconds, serialSeconds: (performance.now() - serialFrom) / 1_000 };
}
