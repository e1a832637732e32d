import { createShutdown } from './shutdown.js';

describe('shutdown', () => {
  it('stops in the reverse order of starting, each part only when the one before is down, and once', async () => {
    const events: string[] = [];
    const shutdown = createShutdown();
    for (const name of ['postgres', 'kafka', 'apps']) {
      shutdown.add({
        name,
        async stop() {
          events.push(`${name} asked`);
          await Promise.resolve();
          events.push(`${name} down`);
        },
      });
    }
    await Promise.all([shutdown.stop(), shutdown.stop()]);
    expect(events).toEqual(['apps asked', 'apps down', 'kafka asked', 'kafka down', 'postgres asked', 'postgres down']);
    expect(shutdown.signal.aborted).toBe(true);
  });
});
