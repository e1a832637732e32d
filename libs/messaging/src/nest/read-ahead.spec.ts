import { Controller } from '@nestjs/common';
import type { Type } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';

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
  afterEach(() => running?.app.close());

  /** Until all of them are settled. */
  async function take(controller: Type, records: readonly ReturnType<typeof noteRecord>[]): Promise<ConsumingApp> {
    const broker = new InMemoryBroker();
    await broker.ensureTopics(TOPICS);
    await (await broker.createPublisher()).publish(records);
    running = await consumingApp(broker, { topics: TOPICS, retry: { delayedAttempts: 0 } }, [controller]);
    await running.app.startAllMicroservices();
    const settled = () => [...broker.committed('test').values()].reduce((sum, position) => sum + position, 0);
    await eventually(() => settled() === records.length);
    return running;
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
});
