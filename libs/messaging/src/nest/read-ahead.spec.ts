import { Controller } from '@nestjs/common';
import type { Type } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { watchPoints } from '@waybill/observability/testing';

import type { OutsideCalls } from '../handler.js';
import type { ReceivedMessage } from '../received-message.js';
import { consumingApp } from '../testing/consuming-app.js';
import type { ConsumingApp } from '../testing/consuming-app.js';
import { eventually } from '../testing/eventually.js';
import { InMemoryBroker } from '../testing/in-memory-broker.js';
import { noteContract, noteRecord } from '../testing/test-contract.js';
import type { Note } from '../testing/test-contract.js';
import { BatchMessageHandler, MessageHandler, OutsideCallHandler } from './handler-decorators.js';

const TOPICS = [{ name: 'notes', kind: 'event' as const }];
const contract = noteContract('notes');
const other = noteContract('notes', 'note.other');

describe('a controller that reads ahead', () => {
  let running: ConsumingApp | undefined;
  let broker: InMemoryBroker;
  beforeEach(async () => {
    broker = new InMemoryBroker();
    await broker.ensureTopics(TOPICS);
  });
  afterEach(() => running?.app.close());

  async function publish(...records: readonly ReturnType<typeof noteRecord>[]): Promise<void> {
    await (await broker.createPublisher()).publish(records);
  }

  async function start(controller: Type): Promise<ConsumingApp> {
    running = await consumingApp(broker, { topics: TOPICS, retry: { delayedAttempts: 0 } }, [controller]);
    await running.app.startAllMicroservices();
    return running;
  }

  const settled = (count: number) =>
    eventually(() => [...broker.committed('test').values()].reduce((sum, position) => sum + position, 0) === count);

  /** Until all of them are settled. */
  async function take(controller: Type, records: readonly ReturnType<typeof noteRecord>[]): Promise<ConsumingApp> {
    await publish(...records);
    const app = await start(controller);
    await settled(records.length);
    return app;
  }

  it('is asked once for a batch, before any of its handlers, also where they differ', async () => {
    const calls: string[] = [];
    @Controller()
    class Notes {
      readonly #word = 'reads';

      async read(messages: readonly ReceivedMessage<Note>[], tx: unknown) {
        const texts = messages.map(({ key, data }) => `${key}${data.text}`).sort();
        calls.push(`${this.#word} ${texts.join(' ')} ${typeof tx}`);
      }
      @BatchMessageHandler(contract, { reads: 'read' })
      take(@Payload() messages: readonly ReceivedMessage<Note>[]) {
        calls.push(...messages.map(({ key, data }) => `takes ${key}${data.text}`));
      }
      @MessageHandler(other, { subscriber: 'other', reads: 'read' })
      other(@Payload() { text }: Note) {
        calls.push(`other ${text}`);
      }
    }
    await take(Notes, [noteRecord(contract, 'a', '1'), noteRecord(other, 'b', '2'), noteRecord(contract, 'a', '3')]);
    expect(calls[0]).toBe('reads a1 a3 b2 object');
    expect(calls.slice(1).sort()).toEqual(['other 2', 'takes a1', 'takes a3']);
  });

  it('is asked again for messages whose outside call has ended, before they are concluded', async () => {
    const calls: string[] = [];
    @Controller()
    class Notes {
      async read(messages: readonly ReceivedMessage<Note>[]) {
        calls.push(`reads ${messages.map(({ data }) => data.text).join(' ')}`);
      }
      @OutsideCallHandler(contract, { reads: 'read' })
      async take(@Payload() messages: readonly ReceivedMessage<Note>[]): Promise<OutsideCalls<unknown, unknown, Note>> {
        calls.push('prepares');
        return {
          calls: messages.map(() => async () => calls.push('calls')),
          conclude: async () => void calls.push('concludes'),
        };
      }
    }
    await take(Notes, [noteRecord(contract, 'a', '1')]);
    expect(calls).toEqual(['reads 1', 'prepares', 'calls', 'reads 1', 'concludes']);
  });

  it('blames on no other message what it fails on', async () => {
    const taken: string[] = [];
    @Controller()
    class Notes {
      async read(messages: readonly ReceivedMessage<Note>[]) {
        if (messages.some(({ data }) => data.text === 'bad')) throw new Error('unreadable');
      }
      @MessageHandler(contract, { reads: 'read' })
      take(@Payload() { text }: Note) {
        taken.push(text);
      }
    }
    const records = [noteRecord(contract, 'a', '1'), noteRecord(contract, 'b', 'bad'), noteRecord(contract, 'c', '2')];
    const { failures } = await take(Notes, records);
    expect([...taken].sort()).toEqual(['1', '2']);
    expect(failures.failed.map(({ error }) => String(error))).toEqual(['Error: unreadable']);
  });

  it('makes no outside call again where it fails on a message beside one that has ended', async () => {
    const calls: string[] = [];
    let end = (): void => {};
    let goOn = (): void => {};
    const ended = new Promise<void>((resolve) => (end = resolve));
    const goneOn = new Promise<void>((resolve) => (goOn = resolve));
    @Controller()
    class Notes {
      async read(messages: readonly ReceivedMessage<Note>[]) {
        const texts = messages.map(({ data }) => data.text).sort();
        calls.push(`reads ${texts.join(' ')}`);
        if (texts.includes('bad')) throw new Error('unreadable');
      }
      @OutsideCallHandler(contract, { reads: 'read' })
      async take(@Payload() messages: readonly ReceivedMessage<Note>[]): Promise<OutsideCalls<unknown, unknown, Note>> {
        return {
          calls: messages.map(({ data }) => async () => {
            calls.push(`calls ${data.text}`);
            await ended;
          }),
          conclude: async (called) => void calls.push(...called.map(({ message }) => `concludes ${message.data.text}`)),
        };
      }
      @MessageHandler(other)
      async other() {
        calls.push('other');
        await goneOn;
      }
    }
    const watched = watchPoints('waybill:records:received', 'waybill:call:end');
    const told = (point: string) => watched.told.filter((one) => one.point === point).length;
    const { failures } = await start(Notes);
    await publish(noteRecord(contract, 'a', 'good'));
    await eventually(() => calls.includes('calls good'));
    await publish(noteRecord(other, 'b', 'busy'));
    await eventually(() => calls.includes('other')); // what comes and what ends now goes into the next transaction
    await publish(noteRecord(contract, 'c', 'bad'));
    end();
    await eventually(() => told('waybill:records:received') === 3 && told('waybill:call:end') === 1);
    watched.stop();
    goOn();
    await settled(3);
    expect(calls).toContain('reads bad good');
    expect(calls.filter((call) => /^(calls|concludes) good$/.test(call))).toEqual(['calls good', 'concludes good']);
    expect(failures.failed.map(({ error, attempts }) => [String(error), attempts])).toEqual([['Error: unreadable', 3]]);
  });
});
