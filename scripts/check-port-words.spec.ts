import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

describe('the words above the port to a broker', () => {
  let root: string;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'waybill-words-'));
    for (const folder of ['apps', 'libs', 'cli']) mkdirSync(join(root, folder));
  });

  afterEach(() => rmSync(root, { recursive: true }));

  function check(files: Readonly<Record<string, string>>) {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    const { status, stderr } = spawnSync(process.execPath, ['scripts/check-port-words.mjs', root], {
      encoding: 'utf8',
    });
    return { status, stderr };
  }

  it.each([
    ['libs/messaging/src/a.errors.ts', "'Give it a KAFKA_PREFIX'", '"KAFKA"'],
    ['libs/outbox/src/testing/fake.ts', 'class RabbitDouble {}', '"Rabbit"'],
    ['libs/dlq/src/letter.ts', '// as NATS does', '"NATS"'],
    ['cli/show.ts', 'const lastOffset = 1;', '"Offset"'],
    ['apps/order/src/a.spec.ts', 'const redisUrl = 1;', '"redis"'],
    ['libs/console/page/letters/a.tsx', '<p>offset 1</p>', '"offset"'],
  ])('are no broker’s: %s may not say %s', (path, text, word) => {
    const { status, stderr } = check({ [path]: `\n${text}\n` });
    expect({ status, stderr }).toMatchObject({ status: 1, stderr: expect.stringContaining(`${path}:2: ${word}`) });
  });

  it('are a broker’s below it, and where a spec runs on one', () => {
    const said = 'const kafka = 1;';
    const below = ['libs/kafka/src/a.ts', 'libs/outbox/src/a.int-spec.ts', 'libs/service/src/broker-config.ts'];
    expect(check(Object.fromEntries(below.map((path) => [path, said])))).toEqual({ status: 0, stderr: '' });
  });
});
