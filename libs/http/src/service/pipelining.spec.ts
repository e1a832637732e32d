import { once } from 'node:events';
import { connect } from 'node:net';
import type { Server, Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { setImmediate as nextTurn } from 'node:timers/promises';

import { Controller, Get, Injectable, Module, Param, Res } from '@nestjs/common';
import { createLogger } from '@waybill/observability';
import type { Response } from 'express';

import { HealthModule } from '../health/health.module.js';
import { startHttpService } from './start-http-service.js';
import type { HttpService } from './start-http-service.js';

jest.setTimeout(30_000); // a whole Nest application per test, on a machine that may be busy

/** Requests that the test answers. */
@Injectable()
class Held {
  readonly responses = new Map<string, Response>();
  #seen: () => void = () => {};

  add(id: string, response: Response): void {
    this.responses.set(id, response);
    this.#seen();
  }

  answer(...ids: readonly string[]): void {
    for (const id of ids) this.responses.get(id)?.end(JSON.stringify(id));
  }

  /** Waits until so many have come. */
  async count(count: number): Promise<void> {
    while (this.responses.size < count) await new Promise<void>((resolve) => (this.#seen = resolve));
  }
}

@Controller()
class HeldController {
  constructor(private readonly held: Held) {}

  @Get('held/:id')
  hold(@Param('id') id: string, @Res() response: Response): void {
    this.held.add(id, response);
  }
}

@Module({ imports: [HealthModule], controllers: [HeldController], providers: [Held] })
class HeldModule {}

const MOST_UNANSWERED = 16;
const ids = (count: number) => Array.from({ length: count }, (_, index) => `r${index}`);
const requests = (...names: readonly string[]) =>
  names.map((id) => `GET /held/${id} HTTP/1.1\r\nHost: localhost\r\n\r\n`).join('');

/** What is seen of each answer: its body and whether it says that the connection stays. */
const seen = (answers: string): string[] =>
  answers
    .split(/(?=HTTP\/1\.1 )/)
    .map((each) => `${/"(\w+)"/.exec(each)?.[1]} ${/^connection: (\S+)\r$/im.exec(each)?.[1]}`);

describe('requests that come before the answers to those ahead of them', () => {
  let service: HttpService;
  let held: Held;
  let socket: Socket;

  beforeEach(async () => {
    const logger = createLogger({ service: 'test', level: 'silent' });
    service = await startHttpService(HeldModule, { port: 0, logger });
    held = service.app.get(Held);
    socket = connect(service.port, '127.0.0.1');
  });

  afterEach(async () => {
    socket.destroy();
    await service.close();
  });

  it('F74 are all over once their connection is: nobody waits for a client that has gone', async () => {
    socket.write(requests('a', 'b', 'c'));
    await held.count(3);
    held.answer('b'); // it waits for the first one
    const closed = [...held.responses.values()].map((response) => once(response, 'close'));
    socket.destroy();
    await Promise.all(closed);
    expect([...held.responses.values()].map(({ destroyed }) => destroyed)).toEqual([true, true, true]);
  });

  it('are closed once each, as they are answered', async () => {
    const closes: string[] = [];
    socket.write(requests('a', 'b'));
    await held.count(2);
    for (const [id, response] of held.responses) response.on('close', () => closes.push(id));
    held.answer('b', 'a');
    socket.end();
    expect(seen(await text(socket))).toEqual(['a keep-alive', 'b keep-alive']);
    expect(closes).toEqual(['a', 'b']);
  });

  const closing = async (): Promise<void> => {
    const server: Server = service.app.getHttpServer();
    while (server.listening) await nextTurn();
  };

  it('F61 are all answered at shutdown; the last answer alone says that the connection ends', async () => {
    socket.write(requests('a', 'b', 'c'));
    await held.count(3);
    const closed = service.close();
    await closing();
    held.answer('c', 'b', 'a');
    expect(seen(await text(socket))).toEqual(['a keep-alive', 'b keep-alive', 'c close']);
    await closed;
  });

  it('F61 are answered at shutdown where all answers are written and none is sent yet', async () => {
    socket.write(requests('a', 'b', 'c'));
    await held.count(3);
    const server: Server = service.app.getHttpServer();
    held.answer('c', 'b', 'a');
    server.close();
    expect(seen(await text(socket))).toEqual(['a keep-alive', 'b keep-alive', 'c keep-alive']);
  });

  it('F61 are answered at shutdown where one more comes during it', async () => {
    socket.write(requests('a', 'b'));
    await held.count(2);
    held.responses.get('b')?.flushHeaders();
    const closed = service.close();
    await closing();
    socket.write(requests('c'));
    await held.count(3);
    socket.write(requests('d'));
    await held.count(4);
    held.answer('d', 'c', 'b', 'a');
    expect(seen(await text(socket))).toEqual(['a keep-alive', 'b keep-alive', 'c keep-alive', 'd close']);
    await closed;
  });

  it('F74 cut their connection where there are more than anyone honest sends, and the rest of them is not handled', async () => {
    socket.on('error', () => {}); // reset or closed, as it comes
    socket.write(requests(...ids(5 * MOST_UNANSWERED)));
    await once(socket, 'close');
    expect(held.responses.size).toBe(MOST_UNANSWERED);
  });

  it('are answered where there are as many as that, again and again', async () => {
    const answers = text(socket);
    for (let round = 0; round < 3; round += 1) {
      held.responses.clear();
      socket.write(requests(...ids(MOST_UNANSWERED)));
      await held.count(MOST_UNANSWERED);
      const last = held.responses.get(`r${MOST_UNANSWERED - 1}`);
      const closed = last && once(last, 'close');
      held.answer(...ids(MOST_UNANSWERED));
      await closed;
    }
    socket.end();
    expect(seen(await answers)).toHaveLength(3 * MOST_UNANSWERED);
  });
});
