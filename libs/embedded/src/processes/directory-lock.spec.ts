import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { lockDirectory, lockOwner } from './directory-lock.js';
import { identify } from './process-identity.js';

describe('lockDirectory', () => {
  let root: string;
  let file: string;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'waybill-lock-'));
    file = join(root, 'some/where.lock');
  });

  afterEach(() => rmSync(root, { recursive: true }));

  it('is held by one, until it is released', () => {
    const lock = lockDirectory(file, 'The data');
    expect(lockOwner(file)?.pid).toBe(process.pid);
    expect(() => lockDirectory(file, 'The data')).toThrow(
      expect.objectContaining({ code: 'DATA_DIR_IN_USE', message: expect.stringContaining(`process ${process.pid}`) }),
    );
    lock.release();
    const next = lockDirectory(file, 'The data');
    expect(next.takenOver).toBe(false);
    lock.release(); // again: it must not give up the lock of the next owner
    expect(existsSync(file)).toBe(true);
    next.release();
    expect(existsSync(file)).toBe(false);
  });

  it('F56: is taken over from a dead owner, whose pid a stranger may have by now, and from a torn file', () => {
    const stranger = spawn('sleep', ['30']);
    const remains = [
      JSON.stringify({ pid: 2_147_483_646, startedAt: '1' }),
      JSON.stringify({ pid: stranger.pid, startedAt: 'long ago' }),
      '{"pid":1',
      '',
    ];
    for (const content of remains) {
      lockDirectory(file, 'The data').release();
      writeFileSync(file, content);
      const lock = lockDirectory(file, 'The data');
      expect(lock.takenOver).toBe(true);
      lock.release();
    }
    stranger.kill();
  });

  it('is respected for another living process', () => {
    const other = spawn('sleep', ['30']);
    lockDirectory(file, 'The data').release();
    writeFileSync(file, JSON.stringify(identify(other.pid ?? 0)));
    expect(() => lockDirectory(file, 'The data')).toThrow(`process ${other.pid}`);
    other.kill();
  });

  it('says in a sentence which directory can not be written to, and why', () => {
    writeFileSync(join(root, 'some'), 'a file in the way');
    expect(() => lockDirectory(file, 'The data')).toThrow(
      expect.objectContaining({ code: 'DATA_DIR_UNWRITABLE', message: expect.stringContaining(join(root, 'some')) }),
    );
  });
});
