import { once } from 'node:events';
import { Agent, get } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';

import { Controller, Get, Injectable, Module } from '@nestjs/common';
import type { OnModuleDestroy } from '@nestjs/common';
import { createLogger, Metrics, MetricsModule } from '@waybill/observability';

import { HealthModule } from '../health/health.module.js';
import { startHttpService } from './start-http-service.js';
import type { HttpService, HttpServiceOptions } from './start-http-service.js';

jest.setTimeout(30_000); // a whole Nest application per test, on a machine that may be busy

/** A request in flight that the test ends. */
@Injectable()
class SlowWork {
  begin: () => void = () => {};
  finish: () => void = () => {};
  readonly begun = new Promise<void>((resolve) => (this.begin = resolve));
  readonly finished = new Promise<void>((resolve) => (this.finish = resolve));
}

@Controller()
class WorkController {
  constructor(private readonly work: SlowWork) {}

  @Get('quick')
  quick(): object {
    return { done: true };
  }

  @Get('slow')
  async slow(): Promise<object> {
    this.work.begin();
    await this.work.finished;
    return { done: true };
  }
}

@Injectable()
class Destroyed implements OnModuleDestroy {
  count = 0;

  onModuleDestroy(): void {
    this.count += 1;
  }
}

@Module({
  imports: [HealthModule, MetricsModule.forRoot()],
  controllers: [WorkController],
  providers: [SlowWork, Destroyed],
})
class WorkModule {}

const start = (options: Partial<HttpServiceOptions> = {}): Promise<HttpService> =>
  startHttpService(WorkModule, {
    port: 0,
    host: '127.0.0.1',
    logger: createLogger({ service: 'test', level: 'silent' }),
    openApi: { title: 'Work', version: '1' },
    ...options,
  });

async function fetchText(service: HttpService, path: string, agent: Agent): Promise<[IncomingMessage, string]> {
  const request = get({ host: '127.0.0.1', port: service.port, path, agent });
  const [response] = (await once(request, 'response')) as [IncomingMessage]; // as Node documents the event
  return [response, await text(response)];
}

describe('F61 a service that is told to stop', () => {
  it('answers the request in flight and says that the connection ends, while idle connections are closed', async () => {
    const service = await start();
    const work = service.app.get(SlowWork);
    const [idle, busy] = [new Agent({ keepAlive: true }), new Agent({ keepAlive: true })];
    const [quick] = await fetchText(service, '/quick', idle);
    expect(quick.headers.connection).toBe('keep-alive');
    const [idleSocket] = Object.values(idle.freeSockets).flatMap((sockets) => sockets ?? []);
    if (!idleSocket) throw new Error('The client kept no connection');
    const slowAnswer = fetchText(service, '/slow', busy);
    await work.begun;

    const closed = service.close();
    await once(idleSocket, 'close');
    work.finish();
    const [answer, body] = await slowAnswer;
    expect(answer.statusCode).toBe(200);
    expect(answer.headers.connection).toBe('close');
    expect(body).toBe('{"done":true}');
    await closed;
    await expect(fetchText(service, '/quick', idle)).rejects.toThrow(/ECONNREFUSED/);
  });

  it('is not held up by clients that connect and say nothing, or half a request', async () => {
    const service = await start();
    const silent = connect(service.port, '127.0.0.1');
    const half = connect(service.port, '127.0.0.1');
    await Promise.all([once(silent, 'connect'), once(half, 'connect')]);
    half.write('GET /quick HTTP/1.1\r\nHost: x\r\n\r\n');
    await once(half, 'data');
    const gone = Promise.all([once(silent, 'close'), once(half, 'close')]);
    silent.resume();
    half.resume();
    await service.close();
    await gone;
    expect(service.app.get(Destroyed).count).toBe(1);
  });

  it('cuts off what is not done at the deadline', async () => {
    const service = await start({ closeDeadlineMs: 50 });
    const agent = new Agent({ keepAlive: true });
    const never = fetchText(service, '/slow', agent).catch((error: unknown) => error);
    await service.app.get(SlowWork).begun;
    await service.close();
    expect(await never).toMatchObject({ code: 'ECONNRESET' });
  });
});

describe('a service that starts', () => {
  let service: HttpService;

  afterEach(() => service.close());

  const url = (path: string) => `http://127.0.0.1:${service.port}${path}`;

  it('describes its API, problem details included, at /docs and /docs-json', async () => {
    service = await start();
    const description: unknown = await (await fetch(url('/docs-json'))).json();
    expect(description).toMatchObject({
      openapi: '3.1.0',
      info: { title: 'Work', version: '1' },
      paths: { '/quick': { get: { responses: { 500: { $ref: '#/components/responses/500' } } } } },
      components: {
        schemas: { ProblemResponse: expect.anything(), FieldFaultResponse: expect.anything() },
        responses: { 500: { content: { 'application/problem+json': expect.anything() } } },
        examples: { '500.INTERNAL_ERROR': { value: { status: 500, code: 'INTERNAL_ERROR' } } },
      },
    });
  });

  it('F74 lets the page at /docs run its own scripts, and no others', async () => {
    service = await start();
    const page = await fetch(url('/docs'));
    expect(page.headers.get('content-type')).toContain('text/html');
    expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'self';/);
    const sources = [...(await page.text()).matchAll(/<script([^>]*)>/g)].map(([, attributes = '']) => {
      const [, source] = /^ src="([^"]+)"$/.exec(attributes) ?? [];
      return source ?? `inline:${attributes}`;
    });
    expect(sources.length).toBeGreaterThan(0);
    for (const source of sources) {
      const script = await fetch(new URL(source, url('/docs')));
      expect([source, script.status, script.headers.get('content-type')]).toEqual([
        source,
        200,
        expect.stringContaining('javascript'),
      ]);
    }
  });

  it('measures requests by route', async () => {
    service = await start({ http: (app) => ({ metrics: app.get(Metrics) }) });
    await (await fetch(url('/quick?secret=1'))).text();
    const metrics = await (await fetch(url('/metrics'))).text();
    expect(metrics).toContain('http_request_duration_seconds_count{method="GET",route="/quick",status="200"} 1');
    expect(metrics).not.toContain('secret');
  });

  it('F74 listens on this machine alone unless told otherwise', async () => {
    service = await start({ host: undefined });
    expect(service.app.getHttpServer().address()).toMatchObject({ address: '127.0.0.1' });
  });

  it('opens its port only after what it was told to prepare', async () => {
    const steps: string[] = [];
    service = await start({
      prepare: (app) => {
        steps.push(app.getHttpServer().listening ? 'listening' : 'closed');
      },
    });
    expect(steps).toEqual(['closed']);
    expect(service.app.getHttpServer().listening).toBe(true);
  });

  it('closes what it had opened when it can not start', async () => {
    service = await start();
    let destroyed: Destroyed | undefined;
    const second = start({
      port: service.port,
      prepare: (app) => {
        destroyed = app.get(Destroyed);
      },
    });
    await expect(second).rejects.toMatchObject({ code: 'EADDRINUSE' });
    expect(destroyed?.count).toBe(1);
  });
});
