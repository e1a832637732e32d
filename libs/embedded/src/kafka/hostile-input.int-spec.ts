import { once } from 'node:events';
import { connect } from 'node:net';

import { array, assert, asyncProperty, constantFrom, oneof, tuple, uint8Array } from 'fast-check';

import { listeningAddresses } from '../testing/listening-addresses.js';
import { type EmbeddedKafka, startEmbeddedKafka } from './embedded-kafka.js';
import { HANDLERS } from './handlers/all-handlers.js';
import { consume, createTopic, kafkaOf, send } from './testing/kafka-clients.js';

const GIVE_UP_MS = 200;

jest.setTimeout(30_000);

describe('embedded Kafka: hostile input', () => {
  let broker: EmbeddedKafka;
  let lines: string[];

  beforeEach(async () => {
    lines = [];
    broker = await startEmbeddedKafka({ storage: 'memory', frameTimeoutMs: 150, log: (line) => lines.push(line) });
  });

  afterEach(() => broker.stop());

  /** @returns whether the broker closed the connection while we waited. */
  async function throwAt(bytes: Uint8Array, wait: 'until closed' | 'a moment'): Promise<boolean> {
    const socket = connect(broker.port, '127.0.0.1');
    socket.on('error', () => {});
    socket.resume();
    const closed = once(socket, 'close').then(() => true);
    socket.write(bytes);
    if (wait === 'until closed') return closed;
    const moment = new Promise<boolean>((resolve) => setTimeout(() => resolve(false), GIVE_UP_MS));
    const result = await Promise.race([closed, moment]);
    socket.destroy();
    return result;
  }

  const framed = (body: Uint8Array): Buffer => {
    const prefix = Buffer.alloc(4);
    prefix.writeInt32BE(body.length);
    return Buffer.concat([prefix, body]);
  };

  const header = (apiKey: number, apiVersion: number): Buffer => {
    const bytes = Buffer.alloc(10);
    bytes.writeInt16BE(apiKey, 0);
    bytes.writeInt16BE(apiVersion, 2);
    bytes.writeInt16BE(-1, 8);
    return bytes;
  };

  async function expectUnharmed(): Promise<void> {
    const kafka = kafkaOf(broker.brokers);
    await createTopic(kafka, 'after', 1);
    await send(kafka, 'after', [{ value: 'still here' }]);
    expect((await consume(kafka, 'after', 'after', 1))[0]?.value).toBe('still here');
  }

  it.each<[string, Uint8Array]>([
    ['half a length', Buffer.from([0, 0])],
    ['half a request', Buffer.concat([framed(header(18, 0)).subarray(0, 9)])],
    ['a request and half of the next', Buffer.concat([framed(header(18, 0)), Buffer.from([0])])],
  ])('F74 closes a connection that sends %s and no more', async (_, bytes) => {
    expect(await throwAt(bytes, 'until closed')).toBe(true);
    expect(lines).toEqual([expect.stringContaining('half a request')]);
    await expectUnharmed();
  });

  it('F74 keeps a connection that says nothing, or speaks in whole requests, and listens on this machine alone', async () => {
    const quiet = connect(broker.port, '127.0.0.1');
    await once(quiet, 'connect');
    expect(await throwAt(framed(header(18, 0)), 'a moment')).toBe(false);
    expect(quiet.closed).toBe(false);
    quiet.destroy();
    if (process.platform !== 'linux') return;
    const addresses = await listeningAddresses(process.pid);
    expect(addresses).toContain(`127.0.0.1:${broker.port}`);
    expect(addresses.filter((address) => address.startsWith('*'))).toEqual([]);
  });

  it.each([
    ['an HTTP request', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
    ['a giant length', Buffer.from([0x7f, 0xff, 0xff, 0xff])],
    ['a negative length', Buffer.from([0xff, 0xff, 0xff, 0xff])],
    ['an unknown API', framed(header(999, 0))],
    ['an unknown version', framed(header(3, 99))],
    ['a truncated request', framed(header(3, 5))],
    ['an array of two billion elements', framed(Buffer.concat([header(3, 1), Buffer.from([0x7f, 0xff, 0xff, 0xff])]))],
  ])('closes the connection that sends %s, with one log line, and serves the others', async (_what, bytes) => {
    expect(await throwAt(bytes, 'until closed')).toBe(true);
    expect(lines).toHaveLength(1);
    await expectUnharmed();
  });

  it('stays up whatever arrives, at random or behind a valid header of any API and version', async () => {
    const apis = [...HANDLERS.values()].flatMap(({ api }) =>
      Array.from({ length: api.maxVersion - api.minVersion + 1 }, (_, index) =>
        header(api.key, api.minVersion + index),
      ),
    );
    const request = tuple(constantFrom(...apis), uint8Array({ maxLength: 200 })).map(([head, body]) =>
      framed(Buffer.concat([head, body])),
    );
    const stream = oneof(uint8Array({ maxLength: 300 }), request);
    await assert(
      asyncProperty(array(stream, { minLength: 8, maxLength: 8 }), async (streams) => {
        await Promise.all(streams.map((bytes) => throwAt(bytes, 'a moment')));
      }),
      { numRuns: 60, endOnFailure: true },
    );
    expect(lines.filter((line) => line.includes('internal error'))).toEqual([]);
    await expectUnharmed();
  }, 60_000);
});
