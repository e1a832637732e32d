import type { BrokerUnderTest } from './broker-under-test.js';

export function topicCases(at: BrokerUnderTest, keepsForEver: boolean): void {
  it('creates a topic once, however often and from however many sides it is asked to', async () => {
    const spec = { name: `twice-${at.topic}`, kind: 'event' as const };
    await Promise.all([at.broker.ensureTopics([spec]), at.broker.ensureTopics([spec])]);
    await expect(at.publish(at.record('k', 'v', { topic: spec.name }))).resolves.toEqual([{ ok: true }]);
    const another = { name: `another-${at.topic}`, kind: 'event' as const };
    await expect(at.broker.ensureTopics([spec, another])).resolves.toEqual([another.name]);
  });

  it('tells how long a topic keeps its records, and the largest that it takes', async () => {
    const days = { name: `days-${at.topic}`, kind: 'event' as const, retentionMs: 86_400_000 };
    await at.broker.ensureTopics([days]);
    const [limits] = await at.broker.describeTopics([days.name]);
    expect(limits).toMatchObject({ topic: days.name, retentionMs: days.retentionMs });
    expect(limits?.maxMessageBytes).toBeGreaterThan(250_000);
    expect(limits?.segmentMs).toBeGreaterThan(0);
  });

  const test = keepsForEver ? it : it.skip;
  test('keeps the records of a topic for ever where that says so', async () => {
    const ever = { name: `ever-${at.topic}`, kind: 'event' as const, retentionMs: -1 };
    await at.broker.ensureTopics([ever]);
    expect(await at.broker.describeTopics([ever.name])).toMatchObject([{ topic: ever.name, retentionMs: Infinity }]);
  });
}
