import { once } from 'node:events';
import { connect } from 'node:net';
import type { Server, Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { setImmediate as nextTurn } from 'node:timers/promises';

import { Body, Controller, Get, Module, Post } from '@nestjs/common';
import { createLogger } from '@waybill/observability';

import { HealthModule } from '../health/health.module.js';
import { startHttpService } from './start-http-service.js';
import type { HttpService } from './start-http-service.js';

@Controller()
class EchoController {
  @Get('quick')
  quick(): object {
    return { done: true };
  }

  @Post('echo')
  echo(@Body() body: unknown): unknown {
    return body;
  }
}

@Module({ imports: [HealthModule], controllers: [EchoController] })
class EchoModule {}

const CONNECTIONS = 5;
let service: HttpService;

beforeAll(async () => {
  service = await startHttpService(EchoModule, {
    port: 0,
    logger: createLogger({ service: 'test', level: 'silent' }),
    openApi: { title: 'Echo', version: '1' },
    requestTimeoutMs: 400,
    maxConnections: CONNECTIONS,
  });
});

afterAll(() => service.close());

function open(...chunks: readonly string[]): Socket {
  const socket = connect(service.port, '127.0.0.1');
  for (const chunk of chunks) socket.write(chunk);
  return socket;
}

/** Waits until the server has seen all its connections end. */
async function noConnections(): Promise<void> {
  const server: Server = service.app.getHttpServer();
  const count = () => new Promise((resolve) => server.getConnections((_error, open) => resolve(open)));
  while ((await count()) !== 0) await nextTurn();
}

/** Everything that comes until the connection ends. */
const answersTo = (...chunks: readonly string[]): Promise<string> => text(open(...chunks));

interface SeenProblem {
  readonly status: number;
  readonly code: string;
  readonly correlationId: string;
}

/** What matters of an answer, after checking that it is problem details. */
function problemOf(answer: string): SeenProblem {
  const [head = '', body = ''] = answer.split('\r\n\r\n');
  expect(head).toMatch(/^content-type: application\/problem\+json; charset=utf-8$/im);
  expect(head).toMatch(/^x-content-type-options: nosniff$/im);
  const [, correlationId = ''] = /^x-correlation-id: (\S+)$/im.exec(head) ?? [];
  expect(correlationId).not.toBe('');
  const problem: unknown = JSON.parse(body);
  expect(problem).toMatchObject({ type: 'about:blank', title: expect.any(String), detail: expect.any(String) });
  const { status, code } = problem as { status: number; code: string }; // the caller says which
  expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  return { status, code, correlationId };
}

const HOST = 'Host: localhost\r\n';
const LAST = `${HOST}Connection: close\r\n`;
const CHUNKED = `POST /echo HTTP/1.1\r\n${HOST}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n`;

describe('F80 what Node would answer by itself is problem details with a correlation id', () => {
  it.each<[string, string, number, string]>([
    ['no Host', 'GET /quick HTTP/1.1\r\nConnection: close\r\n\r\n', 400, 'MALFORMED_REQUEST'],
    ['no Host in HTTP/1.0', 'GET /quick HTTP/1.0\r\n\r\n', 400, 'MALFORMED_REQUEST'],
    [
      'two Hosts',
      `GET /quick HTTP/1.1\r\n${HOST}Host: evil.example\r\nConnection: close\r\n\r\n`,
      400,
      'MALFORMED_REQUEST',
    ],
    ['an unknown Expect', `POST /echo HTTP/1.1\r\n${LAST}Expect: a-miracle\r\n\r\n`, 417, 'EXPECTATION_FAILED'],
    ['a bad request line', 'garbage\r\n\r\n', 400, 'MALFORMED_REQUEST'],
    ['another version', `GET /quick HTTP/9.9\r\n${LAST}\r\n`, 400, 'MALFORMED_REQUEST'],
    ['a preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400, 'MALFORMED_REQUEST'],
    ['a control character in a header', `GET /quick HTTP/1.1\r\n${LAST}X: a\u0001b\r\n\r\n`, 400, 'MALFORMED_REQUEST'],
    ['an URL that is too long', `GET /${'x'.repeat(20_000)} HTTP/1.1\r\n${LAST}\r\n`, 431, 'HEADERS_TOO_LARGE'],
    ['a length and chunks', `${CHUNKED}Content-Length: 5\r\n\r\n0\r\n\r\n`, 400, 'MALFORMED_REQUEST'],
    ['a negative length', `POST /echo HTTP/1.1\r\n${LAST}Content-Length: -1\r\n\r\n`, 400, 'MALFORMED_REQUEST'],
    ['a chunk of no size', `${CHUNKED}\r\nxyz\r\n`, 400, 'MALFORMED_REQUEST'],
    ['endless extensions of a chunk', `${CHUNKED}\r\n2;${'x'.repeat(20_000)}\r\n{}\r\n`, 413, 'BODY_TOO_LARGE'],
    ['a tunnel', `CONNECT evil.example:443 HTTP/1.1\r\n${LAST}\r\n`, 405, 'METHOD_NOT_ALLOWED'],
  ])('%s', async (_, request, status, code) => {
    expect(problemOf(await answersTo(request))).toMatchObject({ status, code });
  });

  it('keeps the correlation id that came with the request', async () => {
    const request = `${CHUNKED}X-Correlation-Id: of-the-client\r\n\r\nxyz\r\n`;
    expect(problemOf(await answersTo(request))).toMatchObject({ status: 400, correlationId: 'of-the-client' });
  });

  it('answers what came before it on the connection first', async () => {
    const [first, second, ...more] = (await answersTo(`GET /quick HTTP/1.1\r\n${HOST}\r\n`, 'garbage\r\n\r\n')).split(
      /(?=HTTP\/1\.1 )/,
    );
    expect(more).toEqual([]);
    expect(first).toMatch(/^HTTP\/1\.1 200 OK/);
    expect(problemOf(second ?? '')).toMatchObject({ status: 400, code: 'MALFORMED_REQUEST' });
  });

  it('answers on a connection that was kept after an earlier answer', async () => {
    const socket = open(`GET /quick HTTP/1.1\r\n${HOST}\r\n`);
    const [first] = (await once(socket, 'data')) as [Buffer];
    expect(first.toString()).toMatch(/^HTTP\/1\.1 200 OK/);
    socket.write('garbage\r\n\r\n');
    expect(problemOf(await text(socket))).toMatchObject({ status: 400, code: 'MALFORMED_REQUEST' });
  });
});

describe('F74 no client holds the service up', () => {
  it.each([
    ['says nothing', ''],
    ['sends half a head', 'POST /echo HTTP/1.1\r\nHost: loc'],
    [
      'sends half a body',
      `POST /echo HTTP/1.1\r\n${HOST}Content-Type: application/json\r\nContent-Length: 9\r\n\r\n{"a"`,
    ],
    ['sends half its chunks', `${CHUNKED}\r\n2\r\n{"`],
  ])('answers 408 to one that %s for longer than a request may take', async (_, sent) => {
    expect(problemOf(await answersTo(...(sent === '' ? [] : [sent])))).toMatchObject({
      status: 408,
      code: 'REQUEST_TIMEOUT',
    });
  });

  it('closes connections beyond the cap, and takes new ones once others have ended', async () => {
    await noConnections();
    const kept = await Promise.all(
      Array.from({ length: CONNECTIONS }, async () => {
        const socket = open(`GET /quick HTTP/1.1\r\n${HOST}\r\n`);
        await once(socket, 'data');
        return socket;
      }),
    );
    const refused = open();
    refused.on('error', () => {}); // reset or closed, as it comes
    await once(refused, 'close');
    for (const socket of kept) socket.destroy();
    await noConnections();
    expect(await answersTo(`GET /quick HTTP/1.1\r\n${LAST}\r\n`)).toMatch(/^HTTP\/1\.1 200 OK/);
  });
});
