import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import type { JetStreamManager } from '@nats-io/jetstream';
import { connect, headers } from '@nats-io/transport-node';
import type { Msg, MsgHdrs, NatsConnection } from '@nats-io/transport-node';
import type { Broker } from '@waybill/messaging';
import { eventually } from '@waybill/messaging/testing';
import type { ContractMember } from '@waybill/messaging/testing';

import { NatsNames } from './names.js';
import { joinGroup, publishTexts } from './testing/join-group.js';
import { describeOnNats, NATS_URL, removeTestStreams, testNats, testPrefix } from './testing/test-nats.js';

jest.setTimeout(60_000);

const LANE = { topic: 'notes', partition: 0 };

/** What others who may write to the same server can do to a group, by mistake or not. */
describeOnNats('a group on NATS beside others on the same server', () => {
  let names: NatsNames;
  let broker: Broker;
  let member: ContractMember;
  let connection: NatsConnection;
  let jsm: JetStreamManager;

  beforeAll(async () => {
    connection = await connect({ servers: new URL(NATS_URL).host });
    jsm = await jetstreamManager(connection);
  });

  beforeEach(async () => {
    const topicPrefix = testPrefix();
    names = new NatsNames(topicPrefix);
    broker = testNats({ topicPrefix, partitions: 1, sessionTimeoutMs: 1_000, inboxPrefix: '_INBOX_test' });
    await broker.ensureTopics([{ name: 'notes', kind: 'event' }]);
    member = await joinGroup(broker, { topics: ['notes'] });
  });

  afterEach(() => broker.close());

  afterAll(async () => {
    await connection.close();
    await removeTestStreams();
  });

  const position = async () => {
    const reader = broker.createLagReader({ group: 'g', topics: ['notes'] });
    const [lane] = await reader.read();
    await reader.close();
    return lane?.next;
  };

  function publishForeign(value: string | Uint8Array, given?: MsgHdrs) {
    return jetstream(connection).publish(names.subject(LANE), value, given ? { headers: given } : {});
  }

  it.each([
    [503, 'No Responders'],
    [408, 'Request Timeout'],
    [409, 'Consumer Deleted'],
    [100, 'Idle Heartbeat'],
  ])('F84: isn’t stopped by a record that looks like the status %i %s', async (code, description) => {
    await publishForeign('looks like it', headers(code, description));
    await publishTexts(broker, 'notes', 'k', 'next');
    await eventually(() => member.records.length === 2);
    expect(member.values()).toEqual(['looks like it', 'next']);
  });

  it('reads what wasn’t published by us, whatever its headers say', async () => {
    const odd = headers();
    odd.append('Waybill-Header-Base64', 'no base64 at all!');
    odd.append('Waybill-Key-Base64', '???');
    odd.append('traceparent', 'x');
    await publishForeign(new Uint8Array([0, 255]), odd);
    await publishForeign('');
    await eventually(() => member.records.length === 2);
    expect(member.records[0]).toMatchObject({ value: Buffer.from([0, 255]), headers: { traceparent: 'x' } });
    expect(member.records[1]).toMatchObject({ key: null, value: Buffer.alloc(0), headers: {} });
  });

  it('reads records that are larger than what it asks for at a time', async () => {
    await publishForeign('small');
    await publishForeign(new Uint8Array(1_040_000));
    await publishForeign('small');
    await eventually(() => member.records.length === 3);
    expect(member.records.map(({ value }) => value?.length)).toEqual([5, 1_040_000, 5]);
  });

  it('reads again from the earliest record what an operator has set back, and continues from there', async () => {
    await publishTexts(broker, 'notes', 'k', '0', '1');
    await eventually(() => member.records.length === 2);
    await member.acknowledgeAll();
    await eventually(async () => (await position()) === '2');
    const bucket = names.bucket('g');
    await jetstream(connection).publish(`$KV.${bucket}.lane.${names.stream(LANE)}`, '{"next":"1"}');
    await eventually(() => member.records.length === 3);
    expect(member.values()).toEqual(['0', '1', '1']);
    await member.acknowledgeAll();
    await eventually(async () => (await position()) === '2');
  });

  it('makes its bucket again where somebody has deleted it', async () => {
    await publishTexts(broker, 'notes', 'k', '0');
    await eventually(() => member.records.length === 1);
    await member.acknowledgeAll();
    await eventually(async () => (await position()) === '1');
    await jsm.streams.delete(`KV_${names.bucket('g')}`);
    await eventually(() => member.health.at(-1) === false);
    await eventually(() => member.health.at(-1) === true && member.lanes.length === 1, 20_000);
    await publishTexts(broker, 'notes', 'k', '1');
    await eventually(() => member.values().includes('1'));
    await eventually(async () => {
      await member.acknowledgeAll();
      return (await position()) === '2';
    }, 20_000);
  });

  it('hears what is its own on subjects of its own', async () => {
    const heard = { shared: new Set<string>(), own: new Set<string>() };
    const hear = (on: Set<string>) => ({ callback: (_: unknown, message: Msg) => void on.add(message.subject) });
    const spy = connection.subscribe('_INBOX.>', hear(heard.shared));
    const other = connection.subscribe('_INBOX_test.>', hear(heard.own));
    await connection.flush();
    await publishTexts(broker, 'notes', 'k', '0');
    await eventually(() => member.records.length === 1 && heard.own.has(names.subject(LANE)));
    expect(heard.shared).not.toContain(names.subject(LANE));
    spy.unsubscribe();
    other.unsubscribe();
  });
});
