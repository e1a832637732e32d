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

  describe('in a folder of a larger repository', () => {
    const cwd = () => join(folder, 'waybill');
    const git = (...args: readonly string[]) => {
      const identity = ['-c', 'user.name=a', '-c', 'user.email=a@example.com', '-c', 'commit.gpgsign=false'];
      const { status, stderr } = spawnSync('git', [...identity, ...args], { cwd: folder, encoding: 'utf8' });
      expect({ status, stderr }).toMatchObject({ status: 0 });
    };
    const check = (at = cwd()) => {
      const script = join(process.cwd(), 'scripts/contracts.mjs');
      const { status, stdout, stderr } = spawnSync(process.execPath, [script, 'check'], { cwd: at, encoding: 'utf8' });
      return { status, stdout, stderr };
    };
    const file = (kind: 'fixtures' | 'released', type: string) => join(cwd(), 'libs/contracts', kind, `${type}.json`);

    beforeEach(() => {
      for (const kind of ['fixtures', 'released'])
        cpSync(`libs/contracts/${kind}`, join(cwd(), 'libs/contracts', kind), { recursive: true });
      git('init', '-q');
      git('add', 'waybill');
      git('commit', '-qm', 'released');
    });

    it('passes', () => {
      expect(check()).toMatchObject({ status: 0, stdout: expect.stringMatching(/nothing broken\n$/) });
    });

    it('fails on a fixture that was edited or is gone', () => {
      const path = file('fixtures', 'payment.process.v1');
      writeFileSync(path, readFileSync(path, 'utf8').replace('pm_', 'pn_'));
      expect(check()).toMatchObject({ status: 1, stderr: expect.stringContaining('v1.json differs from what it was') });
      rmSync(path);
      expect(check()).toMatchObject({ status: 1, stderr: expect.stringContaining('v1.json is missing') });
    });

    it.each(['overwritten', 'deleted'])('fails on a break whose released file was %s', (how) => {
      const path = file('released', 'payment.declined.v1');
      const text = readFileSync(path, 'utf8');
      writeFileSync(path, text.replace('"maxLength": 500', '"maxLength": 499')); // what is defined now isn't what was released first
      git('commit', '-qam', 'first');
      if (how === 'overwritten') writeFileSync(path, text);
      else rmSync(path);
      git('commit', '-qam', 'then');
      expect(check()).toMatchObject({
        status: 1,
        stderr: expect.stringContaining('payment.declined.v1 /message limit-widened'),
      });
    });

    it('says where it had no whole history to look into', () => {
      git('commit', '-q', '--allow-empty', '-m', 'second');
      git('clone', '-q', '--depth', '1', `file://${folder}`, 'shallow');
      expect(check(join(folder, 'shallow/waybill')).stdout).toContain('a shallow clone has not all of the history');
      rmSync(join(folder, '.git'), { recursive: true });
      expect(check().stdout).toContain('git gave no history');
    });
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
