import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';

import { apacheKafkaClasspath, findJava } from '@waybill/embedded';
import { testKafkaBrokers } from '@waybill/embedded/testing';

import { call } from '../system/api.js';
import { RunningSystem } from '../system/running-system.js';

jest.setTimeout(240_000); // A JVM, which compiles its program first.

describe("a client made of Apache Kafka's library and an AsyncAPI document", () => {
  let system: RunningSystem;
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'waybill-foreigner-'));
    system = await RunningSystem.create();
    system.services.inventory.spawn(); // alone: it needs no other service to answer
    await system.services.inventory.ready();
  });

  afterAll(async () => {
    await system?.stop();
    rmSync(folder, { recursive: true });
  });

  it('sends a command, and gets the event that answers it', async () => {
    const document = join(folder, 'asyncapi.json');
    writeFileSync(document, (await call(`${system.services.inventory.url}/asyncapi.json`)).text);
    const classpath = apacheKafkaClasspath({ cacheDir: resolve('.waybill/cache') });
    const operation = 'inventory.receive.inventory.release.v1';
    const program = [
      '-Xmx256m',
      '-cp',
      classpath,
      'test/api/Foreigner.java',
      testKafkaBrokers().join(','),
      document,
      operation,
    ];
    const client = spawn(findJava(), program, { stdio: ['ignore', 'pipe', 'pipe'] });
    const [answer, log] = await Promise.all([text(client.stdout), text(client.stderr)]);
    const [type, key, data] = answer.trim().split('\t');
    expect({ type, log }).toMatchObject({ type: 'inventory.released.v1' });
    expect(key).toMatch(/^java-/);
    expect(JSON.parse(data ?? '')).toMatchObject({ orderId: key });
  });
});
