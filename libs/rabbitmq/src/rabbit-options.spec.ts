import { CERTIFICATE, ENCRYPTED_KEY, KEY, OTHER_KEY } from '@waybill/observability/testing';

import { rabbitBroker } from './rabbit-broker.js';
import { rabbitFaults } from './rabbit-options.js';
import type { RabbitOptions } from './rabbit-options.js';

const url = 'amqps://payment:geheim@rabbit.example:5671/shop';
const faults = (options: Partial<RabbitOptions>) => rabbitFaults({ urls: [url], name: 'payment', ...options });

describe('options of RabbitMQ', () => {
  it('may be a node or several, with a user or a certificate', () => {
    expect(faults({})).toEqual([]);
    expect(faults({ urls: ['amqp://localhost', 'amqp://u:p@[::1]:5673/%2Fa'], prefix: 'red.' })).toEqual([]);
    expect(faults({ urls: ['amqps://host/'], tls: { ca: CERTIFICATE, cert: CERTIFICATE, key: KEY } })).toEqual([]);
  });

  it.each<[string, Partial<RabbitOptions>, RegExp]>([
    ['no node', { urls: [] }, /urls must name at least one node/],
    ['another protocol', { urls: ['https://host'] }, /urls\[0\] must begin with amqp:\/\/ or amqps:\/\//],
    ['no URL', { urls: [url, 'rabbit'] }, /urls\[1\] must be amqp:\/\/user:password@host:port\/vhost/],
    ['a query', { urls: [`${url}?heartbeat=5`] }, /urls\[0\] must have no query/],
    ['two vhosts', { urls: [`${url}/b`] }, /a \/ in its name is written %2F/],
    ['a user alone', { urls: ['amqp://u@host'] }, /a user and a password, or neither/],
    ['TLS without amqps', { urls: ['amqp://host'], tls: {} }, /only where all urls begin with amqps/],
    ['a certificate alone', { tls: { cert: CERTIFICATE } }, /tls\.cert and tls\.key must be given together/],
    ['no certificate', { tls: { ca: 'x' } }, /tls\.ca holds no certificate/],
    ['an encrypted key', { tls: { cert: CERTIFICATE, key: ENCRYPTED_KEY } }, /tls\.key holds a key that is encrypted/],
    ['a foreign key', { tls: { cert: CERTIFICATE, key: OTHER_KEY } }, /tls\.key must belong to tls\.cert/],
    ['a prefix with a slash', { prefix: 'a/b' }, /prefix must match/],
    ['a number', { prefetch: 0 }, /prefetch must be a whole number from 1 to 65535, got 0/],
  ])('are refused with %s', (_, options, fault) => {
    expect(faults(options).join('\n')).toMatch(fault);
  });

  it('are refused together, where the broker is made, and without a secret', () => {
    const bad = { urls: ['amqp://u:geheim@host?x=1'], name: '', heartbeatSeconds: 0 };
    const refuse = () => rabbitBroker(bad);
    expect(refuse).toThrow(/urls\[0\][\s\S]*name must not be empty[\s\S]*heartbeatSeconds must be/);
    expect(refuse).not.toThrow(/geheim/);
  });
});
