import type { AddressInfo } from 'node:net';
import { createServer } from 'node:tls';

import type { Broker, RecordToPublish } from '@waybill/messaging';
import { ContractMember, eventually } from '@waybill/messaging/testing';
import { CERTIFICATE, KEY } from '@waybill/observability/testing';

import { Names } from './names.js';
import { describeOnRabbit, rabbitUrl, TestRabbit } from './testing/test-rabbit.js';

jest.setTimeout(60_000);

const group = { group: 'g', topics: ['notes'] };

function record(topic: string, key: string | null, value: string | Buffer): RecordToPublish {
  return { topic, key: key === null ? null : Buffer.from(key), value: Buffer.from(value), headers: {} };
}

describeOnRabbit('when something is wrong at the broker', () => {
  let rabbit: TestRabbit;
  let broker: Broker;
  let names: Names;

  beforeEach(async () => {
    rabbit = new TestRabbit();
    broker = rabbit.broker({ partitions: 2 });
    names = new Names(rabbit.prefix);
    await broker.ensureTopics(['notes', 'others'].map((name) => ({ name, kind: 'event' })));
  });

  afterEach(() => rabbit.remove());

  function consuming(): Promise<ContractMember> {
    return ContractMember.join(broker, group, (member, arrived) => member.acknowledge(arrived));
  }

  async function publish(...records: readonly RecordToPublish[]) {
    const publisher = await broker.createPublisher();
    const outcomes = await publisher.publish(records);
    await publisher.close();
    return outcomes;
  }

  it.each([
    ['a wrong password', 'amqp://guest:geheim@HOST', 'the user name or password is refused'],
    ['a vhost that is missing', 'amqp://guest:guest@HOST/geheim-not-here', 'the vhost is refused'],
  ])('%s is said to be, and no secret with it', async (_, text, reason) => {
    const url = text.replace('HOST', new URL(rabbitUrl).host);
    const refused = rabbit.broker({ urls: [url] });
    const refusal = await refused.ensureTopics([{ name: 'notes', kind: 'event' }]).catch((thrown: unknown) => thrown);
    expect(String(refusal)).toContain(reason);
    expect(String(refusal)).not.toContain('guest:');
  });

  it('speaks TLS to amqps://, and to nobody whose certificate is not trusted for the host', async () => {
    const server = createServer({ cert: CERTIFICATE, key: KEY }, (socket) => socket.destroy());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo; // it listens on TCP
    const url = `amqps://guest:geheim@localhost:${port}`;
    for (const tls of [undefined, { ca: CERTIFICATE }]) {
      const secured = rabbit.broker({ urls: [url], tls });
      await expect(secured.ensureTopics([{ name: 'notes', kind: 'event' }])).rejects.toThrow(/TLS fails: .*CERT/);
    }
    await new Promise((resolve) => server.close(resolve));
  });

  it('F33: says which nodes it could not reach, after the time it was given', async () => {
    const nobody = rabbit.broker({ urls: ['amqp://guest:guest@127.0.0.1:1'], startTimeoutMs: 100 });
    await expect(nobody.ensureTopics([{ name: 'notes', kind: 'event' }])).rejects.toThrow(/127\.0\.0\.1:1/);
  });

  it('refuses a record for good that is too large, and publishes its neighbours; its key waits', async () => {
    const outcomes = await publish(
      record('notes', 'a', 'small'),
      record('notes', 'b', Buffer.alloc(1_100_000)),
      record('notes', 'b', 'behind it'),
      record('notes', 'c', 'small'),
      { ...record('notes', 'd', 'small'), headers: { long: 'x'.repeat(70_000) } },
    );
    expect(outcomes).toMatchObject([
      { ok: true },
      { ok: false, retriable: false },
      { ok: false, retriable: true },
      { ok: true },
      { ok: false, retriable: false },
    ]);
  });

  it.each(['the exchange', 'a lane'])(
    'publishes to the other topics where one has lost %s, and to it once it is whole',
    async (what) => {
      const publisher = await broker.createPublisher();
      const records = [
        ...Array.from({ length: 20 }, (_, key) => record('notes', `${key}`, 'x')),
        record('others', 'a', 'y'),
        record('others', 'a', 'z'),
      ];
      expect((await publisher.publish(records)).every(({ ok }) => ok)).toBe(true);
      await rabbit.withChannel(async (channel) => {
        if (what === 'a lane') await channel.deleteQueue(names.lane({ topic: 'notes', partition: 1 }));
        else await channel.deleteExchange(names.topic('notes'));
      });
      const outcomes = await publisher.publish(records);
      expect(outcomes.slice(20)).toEqual([{ ok: true }, { ok: true }]);
      expect(outcomes.slice(0, 20)).toContainEqual(expect.objectContaining({ ok: false, retriable: true }));
      expect(await broker.ensureTopics([{ name: 'notes', kind: 'event' }])).toEqual(what === 'a lane' ? ['notes'] : []);
      expect((await publisher.publish(records)).every(({ ok }) => ok)).toBe(true);
    },
  );

  it.each(['lease', 'position'] as const)('a consumer whose %s is deleted says so, and continues', async (what) => {
    const member = await consuming();
    await publish(record('notes', 'a', '1'), record('notes', 'b', '2'));
    await eventually(() => member.records.length === 2);
    await rabbit.withChannel(async (channel) => {
      for (const partition of [0, 1]) await channel.deleteQueue(names[what]('g', { topic: 'notes', partition }));
    });
    let count = 2;
    await eventually(async () => {
      await publish(record('notes', 'a', String((count += 1))), record('notes', 'b', String((count += 1))));
      return member.health.includes(false) && member.health.at(-1) === true;
    }, 30_000);
    await publish(record('notes', 'a', 'last'));
    await eventually(() => member.values().includes('last'));
    const reader = broker.createLagReader(group);
    await eventually(async () => (await reader.read()).every(({ messages }) => messages === 0));
  });

  it('a member that never was, or garbage, takes no lanes for long', async () => {
    const member = await consuming();
    expect(member.lanes).toHaveLength(2);
    const say = (text: string) =>
      rabbit.withChannel(async (channel) => void channel.publish(names.members('g'), '', Buffer.from(text)));
    const ghosts = ['0-ghost', 'a-ghost', 'z-ghost'];
    for (const id of ghosts)
      await say(JSON.stringify({ kind: 'here', isNew: false, member: { id, topics: ['notes'] } }));
    for (const text of ['', '{', '[]', 'null', '{"kind":"here"}', '{"kind":"gone"}']) await say(text);
    await eventually(() => member.lanes.length < 2);
    await eventually(() => member.lanes.length === 2);
    await publish(record('notes', 'a', '1'));
    await eventually(() => member.values().includes('1'));
    expect(member.health).toEqual([true]);
  });

  it('what another sender publishes is delivered, with what it has said of it', async () => {
    const member = await consuming();
    await rabbit.withChannel(async (channel) => {
      const headers = {
        'waybill-key': 'k',
        count: 7,
        at: { '!': 'timestamp', value: 1 },
        list: [1, 'a'],
        'waybill-headers': '[',
      };
      channel.publish(names.topic('notes'), '0', Buffer.from('foreign'), { headers, contentType: 'text/plain' });
    });
    await eventually(() => member.records.length === 1);
    const [foreign] = member.records;
    expect(foreign).toMatchObject({ key: Buffer.from('k'), value: Buffer.from('foreign'), position: '0' });
    expect(foreign?.headers).toMatchObject({ count: '7', 'content-type': 'text/plain' });
  });
});
