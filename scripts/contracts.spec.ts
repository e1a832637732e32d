import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const RELEASED = 'libs/contracts/released';

describe('the gate on breaking changes', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'waybill-released-'));
    cpSync(RELEASED, folder, { recursive: true });
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function run(command: 'check' | 'release') {
    const args = ['scripts/contracts.mjs', command, '--released', folder];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    return { status, stdout, stderr };
  }

  function plant(type: string, from: string, to: string): void {
    const path = join(folder, `${type}.json`);
    const text = readFileSync(path, 'utf8');
    expect(text).toContain(from);
    writeFileSync(path, text.replace(from, to));
  }

  it('lets what is defined pass, and has all of it released', () => {
    expect(run('check')).toMatchObject({ status: 0, stderr: '' });
    expect(run('release')).toMatchObject({ status: 0, stdout: '', stderr: '' });
  });

  it('fails on a break with the field, the kind and the way out, and releases nothing then', () => {
    plant('payment.declined.v1', '"maxLength": 500', '"maxLength": 499');
    rmSync(join(folder, 'payment.charged.v1.json'));
    for (const command of ['check', 'release'] as const) {
      const { status, stderr } = run(command);
      expect(status).toBe(1);
      expect(stderr).toMatch(
        /^payment\.declined\.v1 \/message limit-widened: .*499.*500.*Instead: .*next one with an upcaster/,
      );
    }
    expect(readdirSync(folder)).not.toContain('payment.charged.v1.json');
  });

  it('releases what is new', () => {
    rmSync(join(folder, 'payment.charged.v1.json'));
    expect(run('release')).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^new: .*payment\.charged\.v1\.json\n$/),
    });
    expect(readdirSync(folder)).toEqual(readdirSync(RELEASED));
  });
});
