import { ConfigError, readConfig } from '@waybill/observability';

import { httpSettings } from './http-settings.js';

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
    ALLOWED_ORIGINS: 'https://shop.example.com, http://localhost:8080',
  };
  expect(readConfig(env, httpSettings)).toMatchObject({
    host: '::',
    allowedHosts: ['shop.example.com', 'order:3001', '10.0.0.7', '[2001:db8::1]:80'],
    allowedOrigins: ['https://shop.example.com', 'http://localhost:8080'],
  });
});

it.each([
  { HOST: 'http://localhost' },
  { ALLOWED_HOSTS: '*' },
  { ALLOWED_HOSTS: 'https://shop.example.com' },
  { ALLOWED_HOSTS: '2001:db8::1' },
  { ALLOWED_ORIGINS: 'shop.example.com' },
  { ALLOWED_ORIGINS: 'https://shop.example.com/' },
  { ADMIN_TOKEN: 'short' },
  { ADMIN_TOKEN: 'with a blank' },
])('refuses %j at boot, instead of never matching', (env) => {
  expect(() => readConfig(env, httpSettings)).toThrow(ConfigError);
});
