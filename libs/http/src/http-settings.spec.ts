import { ConfigError, readConfig } from '@waybill/observability';

import { httpFaults, httpSettings } from './http-settings.js';

it('F74 is closed where nothing is set', () => {
  expect(readConfig({}, httpSettings)).toEqual({
    host: '127.0.0.1',
    allowedHosts: [],
    allowedOrigins: [],
    adminToken: '',
  });
});

it('takes names with and without a port, addresses, and origins', () => {
  const env = {
    HOST: '::',
    ALLOWED_HOSTS: 'shop.example.com, order:3001, 10.0.0.7, [2001:db8::1]:80',
    ALLOWED_ORIGINS: 'https://shop.example.com, http://localhost:8080, http://shop:443, https://[2001:db8::1]:80',
  };
  expect(readConfig(env, httpSettings)).toMatchObject({
    host: '::',
    allowedHosts: ['shop.example.com', 'order:3001', '10.0.0.7', '[2001:db8::1]:80'],
    allowedOrigins: [
      'https://shop.example.com',
      'http://localhost:8080',
      'http://shop:443',
      'https://[2001:db8::1]:80',
    ],
  });
});

it.each([
  { HOST: 'http://localhost' },
  { ALLOWED_HOSTS: '*' },
  { ALLOWED_HOSTS: 'https://shop.example.com' },
  { ALLOWED_HOSTS: '2001:db8::1' },
  { ALLOWED_ORIGINS: 'shop.example.com' },
  { ALLOWED_ORIGINS: 'https://shop.example.com/' },
  { ALLOWED_ORIGINS: 'https://shop.example.com:443' },
  { ALLOWED_ORIGINS: 'http://localhost:80' },
  { ALLOWED_ORIGINS: 'https://*.example.com' },
  { ALLOWED_ORIGINS: 'https://shöp.example.com' }, // comes as xn--shp-tna
  { ALLOWED_ORIGINS: '*' },
  { ADMIN_TOKEN: 'short' },
  { ADMIN_TOKEN: 'with a blank' },
])('refuses %j at boot, instead of never matching', (env) => {
  expect(() => readConfig(env, httpSettings)).toThrow(ConfigError);
});

describe('F74 names and sites of others', () => {
  const read = (env: Readonly<Record<string, string>>) => readConfig(env, httpSettings, [httpFaults]);

  it.each([
    [{ ALLOWED_HOSTS: 'shop.example.com' }, 'ALLOWED_HOSTS is set'],
    [{ ALLOWED_ORIGINS: 'https://shop.example.com', ADMIN_TOKEN: ' ' }, 'ALLOWED_ORIGINS is set'],
    [
      { ALLOWED_HOSTS: 'shop.example.com', ALLOWED_ORIGINS: 'https://shop.example.com' },
      'ALLOWED_HOSTS and ALLOWED_ORIGINS are set',
    ],
  ])('are refused without ADMIN_TOKEN: %j', (env, reason) => {
    expect(() => read(env)).toThrow(new RegExp(`ADMIN_TOKEN must be .* but is missing: ${reason}`));
  });

  it('are taken with it, and nobody else needs one', () => {
    const env = { ALLOWED_HOSTS: 'shop.example.com', ALLOWED_ORIGINS: 'https://shop.example.com' };
    expect(read({ ...env, ADMIN_TOKEN: 's3cret-token' })).toMatchObject({ allowedHosts: ['shop.example.com'] });
    expect(read({ ALLOWED_HOSTS: '', HOST: '127.0.0.1' })).toMatchObject({ adminToken: '' });
  });
});
