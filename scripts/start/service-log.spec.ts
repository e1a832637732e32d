import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { openServiceLog } from './service-log.js';

describe('the log of a service', () => {
  let folder: string;
  const read = (file: string) => readFileSync(join(folder, file), 'utf8');

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'waybill-log-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('begins with each start, and keeps that of the start before', () => {
    for (const line of ['first', 'second', 'third']) {
      const log = openServiceLog(folder, 'order');
      log.write(line);
      log.close();
      log.write('late');
    }
    expect([read('order.log'), read('order.log.1')]).toEqual(['third\n', 'second\n']);
  });

  it('is two files of a bounded size, however much is printed', () => {
    const log = openServiceLog(folder, 'order', 100);
    for (let line = 0; line < 1000; line++) {
      log.write(`line ${line}`);
    }
    log.close();
    expect(readdirSync(folder).toSorted()).toEqual(['order.log', 'order.log.1']);
    expect(read('order.log').length + read('order.log.1').length).toBeLessThan(250);
    expect(read('order.log') + read('order.log.1')).toContain('line 999');
  });
});
