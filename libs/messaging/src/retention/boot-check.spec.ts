import { Controller } from '@nestjs/common';

import type { TopicSpec } from '../contract.js';
import { MessageHandler } from '../nest/handler-decorators.js';
import type { ClaimCheck } from '../payload-store.js';
import { consumingApp } from '../testing/consuming-app.js';
import type { ConsumingApp } from '../testing/consuming-app.js';
import { InMemoryBroker } from '../testing/in-memory-broker.js';
import { InMemoryPayloadStore } from '../testing/in-memory-payload-store.js';
import { noteContract } from '../testing/test-contract.js';
import { CLAIM_CHECK } from '../tokens.js';
import type { RetentionOptions } from './gather-retention.js';

const DAY = 86_400_000;
const notes = noteContract('notes');
const FIT: RetentionOptions = { inboxWindowMs: 15 * DAY, outboxMs: 7 * DAY, deadLettersMs: 14 * DAY };

@Controller()
class Notes {
  @MessageHandler(notes)
  take(): void {}
}

describe('the boot', () => {
  let running: ConsumingApp | undefined;
  afterEach(async () => {
    await running?.app.close();
    running = undefined;
  });

  async function boot(
    retention: RetentionOptions,
    topics: readonly TopicSpec[] = [{ name: 'notes', kind: 'event' }],
    claimCheckMs?: number,
  ): Promise<void> {
    const broker = new InMemoryBroker();
    await broker.ensureTopics(topics);
    const claimCheck: ClaimCheck | undefined =
      claimCheckMs === undefined
        ? undefined
        : {
            store: new InMemoryPayloadStore(),
            thresholdBytes: 1_000,
            maxPayloadBytes: 10_000,
            retentionMs: claimCheckMs,
          };
    const binding = {
      module: class Binding {},
      global: true,
      providers: [{ provide: CLAIM_CHECK, useValue: claimCheck }],
      exports: [CLAIM_CHECK],
    };
    running = await consumingApp(broker, { topics, retention }, [Notes], [binding]);
    await running.app.startAllMicroservices();
  }

  it('continues where the times fit', async () => {
    await boot(FIT, [{ name: 'notes', kind: 'event' }], 30 * DAY);
    expect(running?.consumer.health().healthy).toBe(true);
  });

  it('F40: is refused where the inbox forgets what the broker can redeliver', async () => {
    const refused = boot({ ...FIT, inboxWindowMs: 7 * DAY, deadLettersMs: DAY });
    await expect(refused).rejects.toMatchObject({ code: 'MESSAGING_MISCONFIGURED' });
    await expect(refused).rejects.toThrow(`Set it to ${15 * DAY} or more`);
  });

  it('F40: is not refused for a topic whose handlers may run again at any time', async () => {
    await boot(FIT, [{ name: 'notes', kind: 'event', retentionMs: -1 }]);
    expect(running?.consumer.health().healthy).toBe(true);
  });

  it('F39: is refused where payloads are deleted before their dead letters', async () => {
    const refused = boot(FIT, [{ name: 'notes', kind: 'event' }], 27 * DAY);
    await expect(refused).rejects.toThrow(`Set it to ${28 * DAY} or more`);
  });

  it('names every fault at once, those of the handlers too', async () => {
    const topics: readonly TopicSpec[] = [{ name: 'others', kind: 'event' }];
    const refused = boot({ ...FIT, outboxMs: 16 * DAY }, topics, DAY).catch((error: unknown) => error);
    await expect(refused).resolves.toMatchObject({
      faults: [
        expect.stringContaining('unknown topic "notes"'),
        expect.stringContaining('OUTBOX_RETENTION_MS'),
        expect.stringContaining('CLAIM_CHECK_RETENTION_MS'),
      ],
    });
  });
});
