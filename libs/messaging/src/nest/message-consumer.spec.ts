import {
  BadRequestException,
  Catch,
  Controller,
  Injectable,
  ServiceUnavailableException,
  UseFilters,
  UseGuards,
  UseInterceptors,
  UsePipes,
} from '@nestjs/common';
import type { CallHandler, CanActivate, ExceptionFilter, NestInterceptor, PipeTransform, Type } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { of, tap } from 'rxjs';
import type { Observable } from 'rxjs';

import type { MessageContext, OutsideCalls } from '../handler.js';
import type { ReceivedMessage } from '../received-message.js';
import { consumingApp } from '../testing/consuming-app.js';
import type { ConsumingApp } from '../testing/consuming-app.js';
import { eventually } from '../testing/eventually.js';
import { InMemoryBroker } from '../testing/in-memory-broker.js';
import { TransientError, UnstorableError } from '../testing/in-memory-unit-of-work.js';
import { noteContract, noteRecord } from '../testing/test-contract.js';
import type { Note } from '../testing/test-contract.js';
import { BatchMessageHandler, MessageHandler, OutsideCallHandler } from './handler-decorators.js';

const contract = noteContract('notes');
const NOTES = [{ name: 'notes', kind: 'event' as const }];

let running: ConsumingApp | undefined;
afterEach(async () => {
  await running?.app.close();
  running = undefined;
});

async function run(controller: Type, texts: readonly (readonly [key: string | null, text: string])[], of = contract) {
  const broker = new InMemoryBroker();
  await broker.ensureTopics(NOTES);
  const publisher = await broker.createPublisher();
  await publisher.publish(texts.map(([key, text]) => noteRecord(of, key, text)));
  const retry = { immediateAttempts: 2, delayedAttempts: 0 };
  running = await consumingApp(broker, { topics: NOTES, retry }, [controller]);
  await running.app.startAllMicroservices();
  return { ...running, broker, publisher };
}

const settledAll = (broker: InMemoryBroker, count: number) => () =>
  [...broker.committed('test').values()].reduce((sum, position) => sum + position, 0) === count;

describe('handlers as Nest knows them', () => {
  it('hands the data and the context of each message to a handler, in the order of its key', async () => {
    const got: string[] = [];
    @Controller()
    class Notes {
      @MessageHandler(contract)
      take(@Payload() { text }: Note, @Ctx() { message, group }: MessageContext) {
        got.push(`${group} ${message.key} ${text}`);
      }
    }
    const { broker, unitOfWork } = await run(Notes, [
      ['a', '1'],
      ['b', '1'],
      ['a', '2'],
      ['a', '3'],
    ]);
    await eventually(settledAll(broker, 4));
    expect(got.filter((entry) => entry.startsWith('test a'))).toEqual(['test a 1', 'test a 2', 'test a 3']);
    expect(unitOfWork.commits).toBe(1);
  });

  it('hands all messages of a batch to a batch handler, at most one of each key per call', async () => {
    const calls: string[][] = [];
    @Controller()
    class Notes {
      @BatchMessageHandler(contract)
      take(@Payload() messages: readonly ReceivedMessage<Note>[]) {
        calls.push(messages.map(({ key, data }) => `${key}${data.text}`).sort());
      }
    }
    const { broker } = await run(Notes, [
      ['a', '1'],
      ['b', '1'],
      ['a', '2'],
    ]);
    await eventually(settledAll(broker, 3));
    expect(calls).toEqual([['a1', 'b1'], ['a2']]);
  });

  it('runs guards, interceptors and pipes before the handler', async () => {
    const trace: string[] = [];
    @Injectable()
    class Guard implements CanActivate {
      canActivate() {
        trace.push('guard');
        return true;
      }
    }
    @Injectable()
    class Interceptor implements NestInterceptor {
      intercept(_: unknown, next: CallHandler): Observable<unknown> {
        trace.push('before');
        return next.handle().pipe(tap(() => trace.push('after')));
      }
    }
    class Upper implements PipeTransform {
      transform(note: Note) {
        trace.push('pipe');
        return { text: note.text.toUpperCase() };
      }
    }
    @Controller()
    @UseGuards(Guard)
    @UseInterceptors(Interceptor)
    class Notes {
      @MessageHandler(contract)
      take(@Payload(Upper) { text }: Note) {
        trace.push(text);
      }
    }
    const { broker } = await run(Notes, [['a', 'hello']]);
    await eventually(settledAll(broker, 1));
    expect(trace).toEqual(['guard', 'before', 'pipe', 'HELLO', 'after']);
  });

  it('keeps the original error for the failure store, not "Internal server error"', async () => {
    const original = new Error('the stock is gone');
    @Controller()
    class Notes {
      @MessageHandler(contract)
      take(@Payload() _note: Note) {
        throw original;
      }
    }
    const { broker, failures } = await run(Notes, [['a', '1']]);
    await eventually(settledAll(broker, 1));
    expect(failures.failed).toMatchObject([
      { error: original, attempts: 2, handler: 'Notes.take', type: contract.type },
    ]);
    expect(failures.failed[0]?.decision).toEqual({ kind: 'dead-letter', reason: 'RETRIES_EXHAUSTED' });
  });

  it('takes a message for handled when an exception filter returns', async () => {
    class Known extends Error {}
    @Catch(Known)
    class Forgive implements ExceptionFilter {
      catch() {
        return of('forgiven');
      }
    }
    @Controller()
    class Notes {
      @UseFilters(Forgive)
      @MessageHandler(contract)
      take(@Payload() _note: Note) {
        throw new Known();
      }
    }
    const { broker, failures, inbox } = await run(Notes, [['a', '1']]);
    await eventually(settledAll(broker, 1));
    expect(failures.failed).toEqual([]);
    expect([...inbox.outcomes.values()]).toEqual(['handled']);
  });

  it('dead-letters at once what a guard refuses', async () => {
    @Injectable()
    class Refuse implements CanActivate {
      canActivate() {
        return false;
      }
    }
    @Controller()
    class Notes {
      @UseGuards(Refuse)
      @MessageHandler(contract)
      take(@Payload() _note: Note) {}
    }
    const { broker, failures } = await run(Notes, [['a', '1']]);
    await eventually(settledAll(broker, 1));
    expect(failures.failed).toMatchObject([
      { attempts: 1, decision: { kind: 'dead-letter', reason: 'MESSAGE_REFUSED' } },
    ]);
  });

  it.each([
    new TypeError('fetch failed', { cause: Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }) }),
    new Error('Connection terminated unexpectedly'), // as pg says it of another database
    new ServiceUnavailableException(),
  ])('F92: retries by its policy what a guard could not find out, as somebody was away: %s', async (error) => {
    @Injectable()
    class Ask implements CanActivate {
      canActivate(): boolean {
        throw error;
      }
    }
    @Controller()
    class Notes {
      @UseGuards(Ask)
      @MessageHandler(contract)
      take(@Payload() _note: Note) {}
    }
    const { broker, failures } = await run(Notes, [['a', '1']]);
    await eventually(settledAll(broker, 1));
    expect(failures.failed).toMatchObject([{ attempts: 2, decision: { reason: 'RETRIES_EXHAUSTED' } }]);
  });

  it('dead-letters at once what a pipe refuses, with the reason of the pipe', async () => {
    class Refuse implements PipeTransform {
      transform() {
        throw new BadRequestException('not a note of ours');
      }
    }
    @Controller()
    class Notes {
      @UsePipes(Refuse)
      @MessageHandler(contract)
      take(@Payload() _note: Note) {}
    }
    const { broker, failures } = await run(Notes, [['a', '1']]);
    await eventually(settledAll(broker, 1));
    expect(failures.failed).toMatchObject([{ attempts: 1, decision: { reason: 'MESSAGE_REFUSED' } }]);
    expect(String(failures.failed[0]?.error)).toContain('not a note of ours');
  });

  it('does a batch again, uncounted, when a guard or a handler meets a failure of the infrastructure', async () => {
    let calls = 0;
    const attempts: number[] = [];
    @Injectable()
    class Flaky implements CanActivate {
      canActivate() {
        calls += 1;
        if (calls === 1) throw new TransientError('connection lost');
        return true;
      }
    }
    @Controller()
    class Notes {
      @UseGuards(Flaky)
      @MessageHandler(contract)
      take(@Payload() _note: Note, @Ctx() { message }: MessageContext) {
        attempts.push(message.attempt);
        if (attempts.length < 4) throw new TransientError('deadlock');
      }
    }
    const { broker, failures } = await run(Notes, [['a', '1']]);
    await eventually(settledAll(broker, 1));
    expect(attempts).toEqual([1, 1, 1, 1]);
    expect(failures.failed).toEqual([]);
  });

  it('dead-letters at once what the database can not store (F69)', async () => {
    const attempts: number[] = [];
    @Controller()
    class Notes {
      @MessageHandler(contract)
      take(@Payload() _note: Note, @Ctx() { message }: MessageContext) {
        attempts.push(message.attempt);
        throw new UnstorableError('a NUL in a string');
      }
    }
    const { broker, failures } = await run(Notes, [['a', '1']]);
    await eventually(settledAll(broker, 1));
    expect(attempts).toEqual([1]);
    expect(failures.failed).toMatchObject([{ attempts: 1, decision: { kind: 'dead-letter', reason: 'UNSTORABLE' } }]);
  });

  it('prepares, calls outside any transaction, and concludes in one', async () => {
    const trace: string[] = [];
    @Controller()
    class Notes {
      @OutsideCallHandler(contract)
      async take(@Payload() messages: readonly ReceivedMessage<Note>[]): Promise<OutsideCalls<string, unknown, Note>> {
        trace.push(`prepare ${messages.length}`);
        return {
          calls: messages.map(
            ({ data }) =>
              async () =>
                data.text.toUpperCase(),
          ),
          async conclude(called) {
            trace.push(`conclude ${called.map(({ result }) => result).join()}`);
          },
        };
      }
    }
    const { broker, inbox } = await run(Notes, [['a', 'x']]);
    await eventually(settledAll(broker, 1));
    expect(trace).toEqual(['prepare 1', 'conclude X']);
    expect(inbox.outcomes.size).toBe(1);
  });
});
