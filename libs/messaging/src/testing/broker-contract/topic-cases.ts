import type { BrokerUnderTest } from './broker-under-test.js';

export function topicCases(at: BrokerUnderTest): void {
  it('creates a topic once, however often and from however many sides it is asked to', async () => {
    const spec = { name: `twice-${at.topic}`, kind: 'event' as const };
    await Promise.all([at.broker.ensureTopics([spec]), at.broker.ensureTopics([spec])]);
    await expect(at.publish(at.record('k', 'v', { topic: spec.name }))).resolves.toEqual([{ ok: true }]);
    const another = { name: `another-${at.topic}`, kind: 'event' as const };
    await expect(at.broker.ensureTopics([spec, another])).resolves.toEqual([another.name]);
  });

  it('tells how long a topic keeps its records, and the largest that it takes', async () => {
    const specs = [
      { name: `days-${at.topic}`, kind: 'event' as const, retentionMs: 86_400_000 },
      { name: `ever-${at.topic}`, kind: 'event' as const, retentionMs: -1 },
    ];
    await at.broker.ensureTopics(specs);
    const described = await at.broker.describeTopics(specs.map(({ name }) => name));
    expect(described.map((limits) => [limits.topic, limits.retentionMs])).toEqual([
      [`days-${at.topic}`, 86_400_000],
      [`ever-${at.topic}`, Infinity],
    ]);
    for (const { maxMessageBytes, segmentMs } of described) {
      expect(maxMessageBytes).toBeGreaterThan(1_000_000);
      expect(segmentMs).toBeGreaterThan(0);
    }
  });
}
