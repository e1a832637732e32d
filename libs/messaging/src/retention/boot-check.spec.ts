import { Controller } from '@nestjs/common';

import type { TopicSpec } from '../contract.js';
import { MessageHandler } from '../nest/handler-decorators.js';
import type { ClaimCheck } from '../payload-store.js';
import { consumingApp } from '../testing/consuming-app.js';
import type { ConsumingApp } from '../testing/consuming-app.js';
import { InMemoryBroker } from '../testing/in-memory-broker.js';
import { InMemoryFailureStore } from '../testing/in-memory-failure-store.js';
import { InMemoryInbox } from '../testing/in-memory-inbox.js';
import { InMemoryPayloadStore } from '../testing/in-memory-payload-store.js';
import { noteContract } from '../testing/test-contract.js';
import { CLAIM_CHECK, OUTBOX_LIMITS } from '../tokens.js';
import type { RetentionOptions } from './gather-retention.js';
import type { OutboxLimits } from './retention-model.js';

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
    modules: { readonly windowMs?: number; readonly lettersMs?: number; readonly outbox?: OutboxLimits } = {},
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
      providers: [
        { provide: CLAIM_CHECK, useValue: claimCheck },
        { provide: OUTBOX_LIMITS, useValue: modules.outbox },
      ],
      exports: [CLAIM_CHECK, OUTBOX_LIMITS],
    };
    const { windowMs, lettersMs } = modules;
    const ports = {
      inbox: Object.assign(new InMemoryInbox(), windowMs === undefined ? {} : { windowMs }),
      failures: Object.assign(new InMemoryFailureStore(), lettersMs === undefined ? {} : { retentionMs: lettersMs }),
    };
    running = await consumingApp(broker, { topics, retention }, [Notes], [binding], ports);
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

  it('F40: compares what the modules themselves keep, whatever was written down of it', async () => {
    const modules = {
      windowMs: 15 * DAY,
      lettersMs: 30 * DAY,
      outbox: { retentionMs: 7 * DAY, maxMessageBytes: 1_000 },
    };
    await expect(boot({}, undefined, undefined, modules)).rejects.toMatchObject({
      faults: [
        expect.stringContaining('DEAD_LETTER_RETENTION_MS (DeadLetterModule retentionMs) = 2592000000 ms (30 d)'),
      ],
    });
    await running?.app.close();
    await expect(boot(FIT, undefined, undefined, modules)).rejects.toMatchObject({
      faults: [
        `MessagingModule.retention.deadLettersMs is ${14 * DAY}, but DeadLetterModule retentionMs is ${30 * DAY}; leave the first out`,
        expect.stringContaining('DEAD_LETTER_RETENTION_MS'),
      ],
    });
    await running?.app.close();
    await boot({}, undefined, undefined, { ...modules, lettersMs: 14 * DAY });
    expect(running?.consumer.health().healthy).toBe(true);
  });

  it('F40: needs to be told what no module here keeps, as where the relay runs elsewhere', async () => {
    const modules = {
      windowMs: 15 * DAY,
      lettersMs: 14 * DAY,
      outbox: { retentionMs: undefined, maxMessageBytes: 1_000 },
    };
    await expect(boot({}, undefined, undefined, modules)).rejects.toMatchObject({
      faults: [
        'MessagingModule.retention.outboxMs is needed, as no module here says it (OutboxModule relay.retentionMs)',
      ],
    });
    await running?.app.close();
    await boot({ outboxMs: 7 * DAY }, undefined, undefined, modules);
    expect(running?.consumer.health().healthy).toBe(true);
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
