import { Controller } from '@nestjs/common';
import type { Type } from '@nestjs/common';

import type { MessageContract } from '../contract.js';
import type { OutsideCalls } from '../handler.js';
import { consumingApp } from '../testing/consuming-app.js';
import type { ConsumingApp } from '../testing/consuming-app.js';
import { eventually } from '../testing/eventually.js';
import { InMemoryBroker } from '../testing/in-memory-broker.js';
import { InMemoryFailureStore } from '../testing/in-memory-failure-store.js';
import { noteContract, noteRecord } from '../testing/test-contract.js';
import { MessageHandler, OutsideCallHandler } from './handler-decorators.js';

const contract = noteContract('notes');
const NOTES = [{ name: 'notes', kind: 'event' as const }];
const ORDERS = [{ name: 'orders', kind: 'command' as const }];

let running: ConsumingApp | undefined;
afterEach(async () => {
  await running?.app.close();
  running = undefined;
});

describe('the boot of a consumer', () => {
  async function boot(options: { readonly handles?: readonly MessageContract[] }, controllers: readonly Type[]) {
    running = await consumingApp(new InMemoryBroker(), { topics: [...NOTES, ...ORDERS], ...options }, controllers);
    return running.app.startAllMicroservices();
  }

  it('F33: is refused with every fault at once: doubled handler, missing handler, unknown topic', async () => {
    const order = noteContract('orders', 'note.order', { kind: 'command' });
    const elsewhere = noteContract('nowhere', 'note.lost');
    const missing = noteContract('notes', 'note.missed');
    @Controller()
    class One {
      @MessageHandler(contract)
      take() {}
      @MessageHandler(elsewhere)
      lose() {}
      @MessageHandler(order)
      obey() {}
    }
    @Controller()
    class Two {
      @MessageHandler(contract)
      take() {}
      @MessageHandler(contract, { subscriber: 'index' })
      index() {}
      @MessageHandler(contract, { subscriber: 'index' })
      indexAgain() {}
      @MessageHandler(order, { subscriber: 'Second one' })
      obey() {}
      @MessageHandler(noteContract('notes', 'note.other'), { subscriber: 'Second one', reads: 'ahead' })
      other() {}
    }
    const refused = await boot({ handles: [missing] }, [One, Two]).catch((error: unknown) => String(error));
    expect(refused).toContain('notes note.taken has 2 handlers without a subscriber: One.take, Two.take');
    expect(refused).toContain('notes note.taken has 2 handlers of the subscriber "index": Two.index, Two.indexAgain');
    expect(refused).toContain('orders note.order has 2 handlers: One.obey, Two.obey; it is a command, keep one');
    expect(refused).toContain('Two.obey: note.order.v1 is a command, which has one receiver');
    expect(refused).toContain('Two.other reads ahead by "ahead", but Two has no such method');
    expect(refused).toContain(
      'Two.other: a subscriber has 1 to 63 lower-case letters, digits and hyphens, got "Second one"',
    );
    expect(refused).toContain('note.missed.v1 on notes has no handler');
    expect(refused).toContain('One.lose handles note.lost.v1 on the unknown topic "nowhere"');
  });

  it('F59: is refused where a topic is of the other kind, as unknown commands would be passed over, and events refused', async () => {
    const command = noteContract('notes', 'note.do', { kind: 'command' });
    const event = noteContract('orders', 'note.done');
    @Controller()
    class Mixed {
      @MessageHandler(command)
      obey() {}
      @MessageHandler(event)
      take() {}
    }
    const refused = await boot({}, [Mixed]).catch((error: unknown) => String(error));
    expect(refused).toContain(
      'Mixed.obey handles the command note.do.v1, but its topic "notes" is declared as one of events',
    );
    expect(refused).toContain(
      'Mixed.take handles the event note.done.v1, but its topic "orders" is declared as one of commands',
    );
  });

  it('is refused where the failure store can not keep what fails, with the other faults', async () => {
    class Nothing extends InMemoryFailureStore {
      faultsFor(group: string): readonly string[] {
        return [`keeps nothing of ${group}`];
      }
    }
    @Controller()
    class Notes {
      @MessageHandler(noteContract('nowhere', 'note.lost'))
      lose() {}
    }
    running = await consumingApp(new InMemoryBroker(), { topics: NOTES }, [Notes], [], { failures: new Nothing() });
    await expect(running.app.startAllMicroservices()).rejects.toMatchObject({
      faults: [expect.stringContaining('unknown topic "nowhere"'), 'keeps nothing of test'],
    });
  });

  it('F54: is refused when a number can not be used, of whichever policy: every one is named', async () => {
    @Controller()
    class Notes {
      @MessageHandler(contract, { retry: { delayedAttempts: -1 } })
      take() {}
      @OutsideCallHandler(noteContract('notes', 'note.sent'))
      async send(): Promise<OutsideCalls<unknown, unknown>> {
        return { calls: [], conclude: async () => {} };
      }
    }
    const options = {
      retry: { maxDelayMs: Number.POSITIVE_INFINITY },
      maxBatch: 0,
      crashAttempts: Number.NaN,
      callTimeoutMs: 120_000,
    };
    running = await consumingApp(new InMemoryBroker(), { topics: NOTES, ...options }, [Notes]);
    const refused = await running.app.startAllMicroservices().catch((error: unknown) => String(error));
    expect(refused).toContain('Notes.take: retry.delayedAttempts must be a whole number from 0 to 10000, got -1');
    expect(refused).toContain('Notes.take: retry.maxDelayMs must be a whole number from 0 to 2147483647, got Infinity');
    expect(refused).toContain('Notes.send: retry.maxDelayMs must be a whole number from 0 to 2147483647, got Infinity');
    expect(refused).toContain('MessagingModule.maxBatch must be a whole number from 1 to 10000, got 0');
    expect(refused).toContain('MessagingModule.callTimeoutMs must be a whole number from 1 to 90000, got 120000');
    expect(refused).toContain('MessagingModule.crashAttempts must be a whole number from 1 to 1000, got NaN');
  });

  it('F55: handles nothing before the microservices are started', async () => {
    let handled = 0;
    @Controller()
    class Notes {
      @MessageHandler(contract)
      take() {
        handled += 1;
      }
    }
    const broker = new InMemoryBroker();
    await broker.ensureTopics(NOTES);
    const publisher = await broker.createPublisher();
    await publisher.publish(Array.from({ length: 500 }, (_, index) => noteRecord(contract, `k${index}`, 'x')));
    running = await consumingApp(broker, { topics: NOTES }, [Notes]);
    await new Promise((resolve) => setImmediate(resolve));
    expect([handled, running.consumer.health().healthy]).toEqual([0, false]);
    await running.app.startAllMicroservices();
    await eventually(() => handled === 500);
    expect(running.consumer.health().healthy).toBe(true);
  });
});
