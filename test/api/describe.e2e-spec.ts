import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

describe('the gate on descriptions that are out of date', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'waybill-api-'));
    cpSync('docs/api', folder, { recursive: true });
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function run(command: 'check' | 'write') {
    const { status, stderr } = spawnSync(process.execPath, ['scripts/api.mjs', command, '--folder', folder], {
      encoding: 'utf8',
    });
    return { status, stderr };
  }

  it('is passed by docs/api, fails on what the code does not give, naming it and the way out, and is written then', () => {
    expect(run('check')).toEqual({ status: 0, stderr: '' });
    const changed = join(folder, 'order.openapi.json');
    writeFileSync(changed, readFileSync(changed, 'utf8').replace('ORDER_ENDED', 'ORDER_OVER'));
    rmSync(join(folder, 'asyncapi.json'));
    const { status, stderr } = run('check');
    expect(status).toBe(1);
    expect(stderr.trim().split('\n')).toEqual(
      [changed, join(folder, 'asyncapi.json')].map((path) => `${path} isn't what the code gives: npm run api:write`),
    );
    expect(run('write').status).toBe(0);
    expect(readFileSync(changed)).toEqual(readFileSync('docs/api/order.openapi.json'));
    expect(readdirSync(folder)).toEqual(readdirSync('docs/api'));
  });
});
