import { readFileSync } from 'node:fs';

import { nkeys } from '@nats-io/transport-node';
import { TestAuthority } from '@waybill/embedded/testing';
import { eventually } from '@waybill/messaging/testing';

import { natsBroker } from './nats-broker.js';
import type { NatsOptions } from './nats-options.js';
import { joinGroup, publishTexts } from './testing/join-group.js';
import { describeOnOwnServer, OwnServer } from './testing/own-server.js';
import { testNats } from './testing/test-nats.js';

jest.setTimeout(60_000);

const SECRET = 'p@ss:w/rd';

describeOnOwnServer('a NATS server that knows its users', () => {
  const log: string[] = [];
  let server: OwnServer;
  let topic = 0;

  async function sendAndTake(options: Partial<NatsOptions>): Promise<void> {
    const broker = testNats({ servers: [server.url], partitions: 1, startTimeoutMs: 20_000, ...options });
    const name = `topic-${(topic += 1)}`;
    await broker.ensureTopics([{ name, kind: 'event' }]);
    const member = await joinGroup(broker, { group: name, topics: [name] });
    await publishTexts(broker, name, 'k', 'v');
    await eventually(() => member.records.length === 1);
    await broker.close();
  }

  /** What is said where nothing comes about, in the error and in the log. */
  async function refusalOf(options: Partial<NatsOptions>): Promise<string> {
    const keep = (line: string) => void log.push(line);
    const open = natsBroker({ servers: [server.url], clientName: 'test', startTimeoutMs: 20_000, ...options });
    const broker = open({ partitions: 1 }, { error: keep, warn: keep, debug: keep });
    const refusal = await broker.ensureTopics([]).then(
      () => 'none',
      (error: unknown) => String(error),
    );
    await broker.close();
    expect(`${refusal} ${log.join(' ')}`).not.toContain(SECRET);
    return refusal;
  }

  describe('by a password or a key', () => {
    const user = nkeys.createUser();

    beforeAll(async () => {
      const users = `{ user: "service", password: "${SECRET}" }, { nkey: ${user.getPublicKey()} }`;
      server = await OwnServer.start(`authorization { users: [ ${users} ] }`);
    });

    afterAll(() => server.remove());

    it('takes a user and a password, as options or in the URL', async () => {
      await sendAndTake({ credentials: { user: 'service', password: SECRET } });
      const url = `nats://service:${encodeURIComponent(SECRET)}@127.0.0.1:${server.port}`;
      await sendAndTake({ servers: [url] });
    });

    it('takes the seed of a key', async () => {
      await sendAndTake({ credentials: { nkey: new TextDecoder().decode(user.getSeed()) } });
    });

    it('refuses who it doesn’t know, at once, and no secret is told', async () => {
      const stranger = new TextDecoder().decode(nkeys.createUser().getSeed());
      const refusals = [
        await refusalOf({}),
        await refusalOf({ credentials: { user: 'stranger', password: SECRET } }),
        await refusalOf({ credentials: { nkey: stranger } }),
      ];
      for (const refusal of refusals) expect(refusal).toContain("can't be used: the credentials are refused");
    });
  });

  describe('by certificates', () => {
    let authority: TestAuthority;
    let mine: { readonly cert: string; readonly key: string };
    let ca: string;

    beforeAll(async () => {
      const empty = await OwnServer.start();
      authority = new TestAuthority(empty.folder, 'authority');
      const [own, client] = [authority.sign('server', ['IP:127.0.0.1']), authority.sign('client', ['DNS:client'])];
      const text = (file: string) => readFileSync(file, 'utf8');
      [ca, mine] = [text(authority.ca), { cert: text(client.cert), key: text(client.key) }];
      await empty.kill();
      server = await OwnServer.start(
        `tls { cert_file: "${own.cert}", key_file: "${own.key}", ca_file: "${authority.ca}", verify: true }`,
      );
    });

    afterAll(() => server.remove());

    it('takes a client whose certificate it trusts', async () => {
      await sendAndTake({ tls: { ca, ...mine } });
      await sendAndTake({ tls: { ca, ...mine }, servers: [server.url.replace('nats:', 'tls:')] });
    });

    it('is refused where its own certificate isn’t trusted, and refuses who has none, with the reason', async () => {
      expect(await refusalOf({ tls: mine })).toMatch(/TLS fails: .*certificate/);
      expect(await refusalOf({ tls: { ca }, startTimeoutMs: 1_000 })).toMatch(
        /can't be used: TLS fails|No NATS server/,
      );
    });
  });

  describe('that may be another one', () => {
    it('isn’t taken for the one that was named: neither by its address, nor as localhost', async () => {
      const folder = await OwnServer.start();
      const authority = new TestAuthority(folder.folder, 'authority');
      const { cert, key } = authority.sign('elsewhere', ['DNS:localhost', 'IP:127.0.0.2']);
      server = await OwnServer.start(`tls { cert_file: "${cert}", key_file: "${key}" }`);
      const tls = { ca: readFileSync(authority.ca, 'utf8') };
      expect(await refusalOf({ tls })).toMatch(/TLS fails: .*127\.0\.0\.1/);
      await sendAndTake({ tls, servers: [server.url.replace('127.0.0.1', 'localhost')] });
      await Promise.all([server.remove(), folder.remove()]);
    });

    it('isn’t spoken to in clear where TLS is asked for', async () => {
      server = await OwnServer.start();
      expect(await refusalOf({ tls: {} })).toMatch(/TLS fails: server does not support 'tls'/);
      expect(await refusalOf({ servers: [server.url.replace('nats:', 'tls:')] })).toMatch(/does not support 'tls'/);
      await server.remove();
    });
  });
});
