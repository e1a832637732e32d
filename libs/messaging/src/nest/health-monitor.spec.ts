import type { EngineHealth } from '../consumer/engine-health.js';
import { InMemoryBroker } from '../testing/in-memory-broker.js';
import { HealthMonitor } from './health-monitor.js';

describe('the health of a consumer', () => {
  it('F32: tells how long a consumer has been crashed, not that it drains or has not started', async () => {
    let health: EngineHealth = { healthy: false, detail: 'not started' };
    const options = { service: 's', group: 'g', broker: () => new InMemoryBroker(), topics: [] };
    const monitor = new HealthMonitor(options, { health: () => health, lanesStill: () => [], topics: () => [] });
    const seconds = async () => (await monitor.read())[0]?.value ?? Number.NaN;
    expect(await seconds()).toBe(0);
    health = { healthy: false, detail: 'the subscription is being rebuilt: gone' };
    expect(await seconds()).toBe(0);
    const since = performance.now();
    while (performance.now() < since + 20);
    expect(await seconds()).toBeGreaterThanOrEqual(0.02);
    health = { healthy: true, detail: 'consuming' };
    expect(await seconds()).toBe(0);
    health = { healthy: false, detail: 'draining' };
    expect(await seconds()).toBe(0);
  });

  it('F68: tells of each topic how long a lane has stood still, also that none does', async () => {
    const options = { service: 's', group: 'g', broker: () => new InMemoryBroker(), topics: [] };
    const lane = { topic: 'a', partition: 3, position: '42', reason: 'its handler has not ended' };
    const monitor = new HealthMonitor(options, {
      health: () => ({ healthy: true, detail: 'consuming' }),
      lanesStill: () => [
        { ...lane, forMs: 70_000 },
        { ...lane, partition: 4, forMs: 5 },
      ],
      topics: () => ['a', 'b'],
    });
    const [, ...still] = await monitor.read();
    expect(still.map(({ labels, value }) => [labels, value])).toEqual([
      [{ group: 'g', topic: 'a' }, 70],
      [{ group: 'g', topic: 'b' }, 0],
    ]);
  });
});
