import { nkeys } from '@nats-io/transport-node';
import { CERTIFICATE, ENCRYPTED_KEY, KEY, OTHER_KEY } from '@waybill/observability/testing';

import { connectionOptions, natsFaults } from './connection-options.js';
import { natsBroker } from './nats-broker.js';
import type { NatsOptions } from './nats-options.js';

const SECRET = 'hush';
const options = (more: Partial<NatsOptions>): NatsOptions => ({ servers: ['nats://n1'], clientName: 'order', ...more });
const faultsOf = (more: Partial<NatsOptions>) =>
  natsFaults(options(more)).map((fault) => fault.replace('natsBroker: ', ''));

describe('the options of a NATS broker', () => {
  it('takes servers, credentials and TLS from URLs', () => {
    const servers = ['tls://me:a%40b@n1:5222', 'tls://me:a%40b@[::1]'];
    expect(connectionOptions(options({ servers }))).toMatchObject({
      servers: ['n1:5222', '[::1]:4222'],
      name: 'order',
      user: 'me',
      pass: 'a@b',
      maxReconnectAttempts: -1,
    });
    expect(connectionOptions(options({ servers }))).toHaveProperty('tls');
    expect(connectionOptions(options({ servers: ['nats://t0ken@n1'] }))).toMatchObject({ token: 't0ken' });
    expect(connectionOptions(options({}))).not.toHaveProperty('tls');
  });

  it('takes credentials and certificates as they are given', () => {
    const nkey = new TextDecoder().decode(nkeys.createUser().getSeed());
    const tls = { ca: CERTIFICATE, cert: CERTIFICATE, key: KEY };
    expect(natsFaults(options({ credentials: { nkey }, tls }))).toEqual([]);
    expect(connectionOptions(options({ credentials: { nkey } })).authenticator).toBeInstanceOf(Function);
    expect(connectionOptions(options({ tls })).tls).toMatchObject(tls);
    expect(connectionOptions(options({ credentials: { user: 'me', password: SECRET } }))).toMatchObject({
      pass: SECRET,
    });
  });

  it('F54: names all that is wrong, and no secret', () => {
    const found = faultsOf({
      servers: ['n1:4222', `nats://me:${SECRET}@n1/path`, `http://me:${SECRET}@n1`, 'nats://n1?x=1'],
      clientName: '',
      topicPrefix: 'a b',
      credentials: { nkey: SECRET },
      tls: { cert: CERTIFICATE },
      sessionTimeoutMs: 10,
      replicas: Number.NaN,
    });
    expect(found).toEqual([
      'clientName must not be empty',
      ...[0, 1, 2, 3].map((index) => expect.stringContaining(`servers[${index}] must be a URL like nats://host:4222`)),
      'topicPrefix must be of letters, digits, - and _ in parts with a dot between them',
      expect.stringContaining('credentials.nkey must be the seed'),
      'tls.key must be given, as cert is',
      'sessionTimeoutMs must be a whole number from 500 to 600000, got 10',
      'replicas must be a whole number from 1 to 5, got NaN',
    ]);
    expect(found.join()).not.toContain(SECRET);
  });

  it.each<[string, Partial<NatsOptions>]>([
    ['servers must name a server', { servers: [] }],
    ['credentials must not be given beside', { servers: ['nats://t@n1'], credentials: { token: 'x' } }],
    ['servers must not name different credentials', { servers: ['nats://a:b@n1', 'nats://a:c@n2'] }],
    ['servers must all be tls:// where one is', { servers: ['nats://n1', 'tls://n2'] }],
    ['credentials.password must not be empty', { credentials: { user: 'me', password: '' } }],
    ['credentials.creds must be what a .creds file holds', { credentials: { creds: 'a file name, maybe' } }],
    ['tls.ca holds no certificate', { tls: { ca: 'ca.pem' } }],
    ['tls.key holds a key that is encrypted', { tls: { cert: CERTIFICATE, key: ENCRYPTED_KEY } }],
    ['tls.key must belong to the certificate', { tls: { cert: CERTIFICATE, key: OTHER_KEY } }],
    ['tls.cert must be given, as key is', { tls: { key: KEY } }],
  ])('F54: %s …', (fault, given) => expect(faultsOf(given)).toEqual([expect.stringContaining(fault)]));

  it('F54: are refused at construction, before anything is connected', () => {
    expect(() => natsBroker(options({ servers: [], clientName: '' }))).toThrow(/servers must.*[\s\S]*clientName must/);
  });
});
