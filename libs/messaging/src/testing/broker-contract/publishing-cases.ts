import { headerValues } from '../../codec/header-values.js';
import { eventually } from '../eventually.js';
import type { BrokerUnderTest } from './broker-under-test.js';

export function publishingCases(at: BrokerUnderTest): void {
  it('F79 keeps bytes, null key, null value and headers as they are', async () => {
    const bytes = Buffer.from([0, 255, 1]);
    await at.publish(
      { topic: at.topic, key: bytes, value: bytes, headers: { a: 'x', b: bytes, c: ['1', bytes, '1'] } },
      at.record(null, null),
    );
    const member = await at.join();
    await eventually(() => member.records.length === 2);
    const [keyed] = member.records.filter(({ key }) => key !== null);
    const [bare] = member.records.filter(({ key }) => key === null);
    expect(keyed).toMatchObject({ key: bytes, value: bytes });
    expect([String(keyed?.headers['a']), keyed?.headers['b']]).toEqual(['x', bytes]);
    const repeated = headerValues(keyed?.headers ?? {}, 'c').map((value) => Buffer.from(value)); // F79
    expect(repeated).toEqual([Buffer.from('1'), bytes, Buffer.from('1')]);
    expect(bare).toMatchObject({ key: null, value: null });
    expect(Math.abs((bare?.timestampMs ?? 0) - Date.now())).toBeLessThan(60_000);
  });

  it('keeps the order of a key within a call and from call to call', async () => {
    const keys = ['a', 'b', 'c', 'd', 'e'];
    for (let call = 0; call < 4; call += 1) {
      await at.publish(...[0, 1, 2].flatMap((step) => keys.map((key) => at.record(key, `${key}${call * 3 + step}`))));
    }
    const member = await at.join();
    await eventually(() => member.records.length === 60);
    for (const key of keys) {
      const own = member.values().filter((value) => value.startsWith(key));
      expect(own).toEqual(Array.from({ length: 12 }, (_, index) => `${key}${index}`));
    }
  });

  it('says which topic a record failed on, and publishes those of the others', async () => {
    const outcomes = await at.publish(
      at.record('a', '1'),
      at.record('a', 'lost', { topic: `missing-${at.topic}` }),
      at.record('a', '2'),
    );
    expect(outcomes.map(({ ok }) => ok)).toEqual([true, false, true]);
    const member = await at.join();
    await eventually(() => member.values().includes('2'));
    expect(member.values()[0]).toBe('1');
  });

  it('refuses for good a record that is too large, lets nothing of its key pass it, and publishes its neighbours', async () => {
    const [limits] = await at.broker.describeTopics([at.topic]);
    const outcomes = await at.publish(
      at.record('before', 'small'),
      at.record('large', null, { value: Buffer.alloc(2 * (limits?.maxMessageBytes ?? 0)) }),
      at.record('large', 'behind it'),
      at.record('other', 'small'),
    );
    const [refused, waits] = [false, true].map((retriable) => ({ ok: false, retriable }));
    expect(outcomes).toMatchObject([{ ok: true }, refused, waits, { ok: true }]);
    const member = await at.join();
    await eventually(() => member.records.length === 2);
    expect(member.values()).toEqual(['small', 'small']);
  });
}
