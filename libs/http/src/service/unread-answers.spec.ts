import { once } from 'node:events';
import { connect } from 'node:net';
import type { Server, Socket } from 'node:net';
import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';

import { Controller, Get, Module, Res } from '@nestjs/common';
import { createLogger } from '@waybill/observability';
import type { Response } from 'express';

import { HealthModule } from '../health/health.module.js';
import { startHttpService } from './start-http-service.js';
import type { HttpService } from './start-http-service.js';

jest.setTimeout(60_000); // a machine that may be busy

const INACTIVITY_MS = 1_000;
/** More than the buffers of the operating system take. */
const LARGE = Buffer.alloc(60_000_000);

@Controller()
class LargeController {
  @Get('large')
  large(@Res() response: Response): void {
    response.end(LARGE);
  }
}

@Module({ imports: [HealthModule], controllers: [LargeController] })
class LargeModule {}

const GET_LARGE = 'GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n';
let service: HttpService;

beforeAll(async () => {
  service = await startHttpService(LargeModule, {
    port: 0,
    logger: createLogger({ service: 'test', level: 'silent' }),
    inactivityTimeoutMs: INACTIVITY_MS,
  });
});

afterAll(() => service.close());

/** A client that reads what it is told to, and ends its own half when it is told to. */
async function open(sent: string): Promise<Socket> {
  const socket = connect({ port: service.port, host: '127.0.0.1', allowHalfOpen: true });
  socket.on('error', () => {}); // reset or closed, as it comes
  socket.write(sent);
  await until((connections) => connections === 1);
  return socket;
}

/** By what the server knows. */
async function until(condition: (connections: number) => boolean): Promise<void> {
  const server: Server = service.app.getHttpServer();
  const count = () => new Promise<number>((resolve) => server.getConnections((_error, open) => resolve(open)));
  while (!condition(await count())) await nextTurn();
}

describe('F74 a client that does not read its answer', () => {
  it.each([
    ['asks for something large', GET_LARGE],
    ['asks for a tunnel behind it', `${GET_LARGE}CONNECT evil.example:443 HTTP/1.1\r\nHost: localhost\r\n\r\n`],
    ['asks for a tunnel and never ends', 'CONNECT evil.example:443 HTTP/1.1\r\nHost: localhost\r\n\r\n'],
  ])('loses its connection where it %s', async (_, sent) => {
    const socket = await open(sent);
    await until((connections) => connections === 0);
    expect(socket.bytesRead).toBeLessThan(LARGE.length);
    socket.destroy();
  });

  it('keeps it as long as it reads, however slowly', async () => {
    let slow = await readSlowly();
    while (slow.stalled) slow = await readSlowly(); // it was the machine that didn't read
    expect(slow.bytes).toBeGreaterThan(LARGE.length);
  });
});

/** Reads for at least three times as long as nothing may move, with pauses that are far shorter. */
async function readSlowly(): Promise<{ readonly bytes: number; readonly stalled: boolean }> {
  const pauseMs = INACTIVITY_MS / 10;
  const socket = await open(GET_LARGE);
  const closed = once(socket, 'close');
  let [bytes, sinceLast, stalled, pausedAt] = [0, 0, false, performance.now()];
  socket.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    sinceLast += chunk.length;
    if (bytes > LARGE.length) socket.end();
    else if (sinceLast >= LARGE.length / 30) void pause();
  });
  const pause = async (): Promise<void> => {
    sinceLast = 0;
    socket.pause();
    await delay(pauseMs);
    stalled ||= performance.now() - pausedAt > INACTIVITY_MS / 2;
    pausedAt = performance.now();
    socket.resume();
  };
  socket.once('end', () => socket.end());
  await closed;
  return { bytes, stalled };
}
