import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ConfigError } from './config.errors.js';
import { readConfig } from './read-config.js';
import { setting } from './setting.js';

const spec = {
  port: setting.port('ORDER_PORT', { default: 3001 }),
  regions: setting.list('REGIONS', { pattern: /^[a-z]+$/, expected: 'regions' }),
  databaseUrl: setting.url('DATABASE_URL', { protocols: ['postgres:', 'postgresql:'] }),
  sweepMs: setting.durationMs('SWEEP_MS', { default: 60_000, min: 1 }),
  level: setting.oneOf('LOG_LEVEL', ['debug', 'info'], { default: 'info' }),
};

const right = { REGIONS: 'north, south', DATABASE_URL: 'postgresql://u:pw@db/' };

function faultsOf(env: Record<string, string>): ConfigError {
  try {
    readConfig(env, spec);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('The configuration was accepted');
}

it('reads every kind of setting and fills in the defaults', () => {
  expect(readConfig({ ...right, ORDER_PORT: '', SWEEP_MS: '5184000000' }, spec)).toEqual({
    port: 3001,
    regions: ['north', 'south'],
    databaseUrl: 'postgresql://u:pw@db/',
    sweepMs: 5_184_000_000,
    level: 'info',
  });
});

it('lists every fault at once, with what would do', () => {
  const error = faultsOf({ ORDER_PORT: '99999', LOG_LEVEL: 'loud', DATABASE_URL: 'mysql://u:pw@db/' });
  expect(error.faults.map((fault) => fault.split(' ')[0])).toEqual([
    'ORDER_PORT',
    'REGIONS',
    'DATABASE_URL',
    'LOG_LEVEL',
  ]);
  expect(error.message).toContain('ORDER_PORT must be a whole number from 0 to 65535, got "99999"');
  expect(error.message).toContain('LOG_LEVEL must be one of debug, info, got "loud"');
  expect(error.message).toContain('REGIONS must be regions separated by commas, but is missing');
});

it('never shows a password', () => {
  expect(faultsOf({ ...right, DATABASE_URL: 'mysql://u:pa55word@db/' }).message).not.toContain('pa55word');
});

it.each(['NaN', '-1', '5s', 'Infinity', '1e3', '0x10', '1.5', '9007199254740993000', ' - 1'])(
  'F54 refuses %s as a duration',
  (text) => {
    expect(faultsOf({ ...right, SWEEP_MS: text }).faults).toEqual([expect.stringMatching(/^SWEEP_MS must be /)]);
  },
);

it.each(['a,,b', ','])('refuses the list %s', (text) => {
  expect(faultsOf({ ...right, REGIONS: text }).faults).toEqual([expect.stringMatching(/^REGIONS must be /)]);
});

it.each([
  ['postgresql://u:p%40%3A%2F%3F%23%25w@db:5432/', 'every character, encoded'],
  ['postgresql://u:pw@[::1]:5432/', 'an IPv6 host'],
  ['postgresql://u:p!$&*()_+=;,~w@db/', 'characters that mean nothing in a URL'],
])('F76 takes a database URL with %s: %s', (url) => {
  expect(readConfig({ ...right, DATABASE_URL: url }, spec).databaseUrl).toBe(url);
});

it.each([
  ['postgresql://u:se#cret@db/', '%23'],
  ['postgresql://u:12#cret@db/', '%23'],
  ['postgresql://u:se/cret@db/', '%2F'],
  ['postgresql://u:12/cret@db/', '%2F'],
  ['postgresql://u:12?cret@db/', '%3F'],
  ['postgresql://u:se%cret@db/', '%25'],
  ['postgresql://u:secret@::1:5432/', 'brackets'],
  ['postgresql:///db', 'names no host'],
  ['postgresql://u:secret@a,b/db?target_session_attrs=read-write', 'names several hosts'],
  ['postgresql://u:secret@a:5432,b:5432/db', 'leads to the primary'],
  ['postgresql://u:secret@a/db?host=a,b', 'names several hosts'],
  ['db:5432', 'another protocol'],
])('refuses the database URL %s, says how to write it, and shows nothing of it', (url, remedy) => {
  const { faults, message } = faultsOf({ ...right, DATABASE_URL: url });
  expect(faults).toEqual([expect.stringMatching(/^DATABASE_URL must be /)]);
  expect(message).toContain(remedy);
  expect(message).not.toContain('cret');
});

describe('a file', () => {
  let folder: string;
  const fault = (content: string) => (content === 'right' ? undefined : 'is not the right one');
  const file = { key: setting.optional(setting.file('KEY', { expected: 'a file', fault })) };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'waybill-setting-'));
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  function readFile(content: string): string | undefined {
    const path = join(folder, 'key');
    writeFileSync(path, content);
    return readConfig({ KEY: path }, file).key;
  }

  it('is read with the other settings, and may be left out', () => {
    expect(readFile('right')).toBe('right');
    expect(readConfig({ KEY: '' }, file).key).toBeUndefined();
  });

  it('is refused where it is missing or wrong, with its path and without its content', () => {
    expect(() => readConfig({ KEY: join(folder, 'none') }, file)).toThrow(
      /KEY must be the path of a file, but ".*none" can't be read \(ENOENT\)/,
    );
    expect(() => readFile('wrong secret')).toThrow(
      /KEY must be the path of a file, but its file is not the right one$/,
    );
  });
});
