import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

import { chosenEnvironment } from '@waybill/embedded';

describe('a bundled service', () => {
  it('is text of one byte a character, as which it is read', () => {
    for (const bundle of ['services', 'cli']) {
      const text = readFileSync(`dist/bundles/${bundle}.cjs`);
      expect(text.findIndex((byte) => byte > 0x7f)).toBe(-1);
    }
  });

  it('has a source map of our own files alone, since a process that fails for the first time reads all of it', () => {
    for (const bundle of ['services', 'cli', 'lab']) {
      const { sources } = JSON.parse(readFileSync(`dist/bundles/${bundle}.cjs.map`, 'utf8')) as { sources: string[] };
      expect(sources.filter((source) => source.includes('node_modules'))).toEqual([]);
    }
  });

  it('shows frames of packages, of which the map says nothing, as they are', () => {
    const script = `
      import { resolve } from 'node:path';
      import { runBundle } from './dist/scripts/run-bundle.js';
      runBundle('services', []);
      const file = resolve('dist/bundles/services.cjs');
      const frame = (line) => ({ getFileName: () => file, getLineNumber: () => line, getColumnNumber: () => 9, toString: () => file + ':' + line + ':9' });
      const frames = Array.from({ length: 30_000 }, (_, line) => frame(line + 1));
      const trace = Error.prepareStackTrace(new Error('of all'), frames);
      console.log(JSON.stringify({ ours: trace.split('/libs/').length - 1, theirs: trace.split('services.cjs').length - 1 }));`;
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
      encoding: 'utf8',
      maxBuffer: 64_000_000,
      env: { ...chosenEnvironment() },
    });
    expect(stderr).toBe('');
    const { ours, theirs } = JSON.parse(stdout) as Record<'ours' | 'theirs', number>;
    expect(ours).toBeGreaterThan(500);
    expect(theirs).toBeGreaterThan(5_000);
  });

  it('gives classes their names, and leaves functions alone, which are made by the thousand for each order', () => {
    const script = `
      const named = { classes: new Set(), functions: 0 };
      const { defineProperty } = Object;
      Object.defineProperty = (target, key, property) => {
        if (key === 'name' && typeof target === 'function') {
          if (/^class\\b/.test(Function.prototype.toString.call(target))) named.classes.add(property.value);
          else named.functions += 1;
        }
        return defineProperty(target, key, property);
      };
      const { runBundle } = await import('./dist/scripts/run-bundle.js');
      runBundle('services', ['apps/order/src/main']);
      process.on('exit', () => console.log(JSON.stringify({
        functions: named.functions, classes: named.classes.size, ours: named.classes.has('SagaEngine'), theirs: named.classes.has('QueryFailedError'),
      })));`;
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
      encoding: 'utf8',
      env: { ...chosenEnvironment() },
    });
    const counts = stdout.split('\n').find((line) => line.startsWith('{"functions"')) ?? '{}';
    const { functions, classes, ours, theirs } = JSON.parse(counts) as Record<string, unknown>;
    expect([ours, theirs]).toEqual([true, true]);
    expect(classes).toBeGreaterThan(500);
    expect(functions).toBeLessThan(1_000); // packages name some hundred of theirs
  });

  it('names the TypeScript in the stack trace of what ends it', () => {
    const source = readFileSync('libs/service/src/run-service.ts', 'utf8');
    const line = source.slice(0, source.indexOf('throw new UnknownCommandError')).split('\n').length;
    const { status, stderr } = spawnSync(process.execPath, ['dist/apps/order/src/main.js', 'no-such-command'], {
      encoding: 'utf8',
      env: { ...chosenEnvironment(), DATABASE_URL: 'postgresql://postgres@127.0.0.1:1/postgres' },
    });
    expect(stderr).toContain('UnknownCommandError: The order service ');
    expect(stderr).toMatch(new RegExp(String.raw` at \S+ \(\S+/libs/service/src/run-service\.ts:${line}:\d+\)`));
    expect(status).toBe(1);
  });
});
