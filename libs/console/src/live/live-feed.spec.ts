import { setTimeout as delay } from 'node:timers/promises';

import { ProblemError } from '@waybill/http';

import type { Gateway, GatewayAnswer, GatewayRequest } from '../gateway/gateway.js';
import { LiveFeed } from './live-feed.js';
import type { Snapshot } from './live-feed.js';

const INTERVAL_MS = 20;
const json = (value: unknown): GatewayAnswer => ({ status: 200, contentType: '', body: JSON.stringify(value) });

/** Two services; what they are asked, and how they answer. */
function feedOf(answer: (service: string, request: GatewayRequest) => Promise<GatewayAnswer>) {
  const asked: string[] = [];
  const services = ['payment', 'shipping'].map((name) => ({ name, url: '' }));
  const gateway: Pick<Gateway, 'ask' | 'services'> = {
    services,
    ask: (service, request) => {
      asked.push(service);
      return answer(service, request);
    },
  };
  const options = { services, adminToken: '', assets: '', intervalMs: INTERVAL_MS };
  const feed = new LiveFeed(gateway as Gateway, options); // only what it uses
  return { feed, asked };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await delay(2);
}

describe('the live feed', () => {
  it('asks nobody while no page is open, before the first and after the last', async () => {
    const { feed, asked } = feedOf(async () => json({}));
    await delay(3 * INTERVAL_MS);
    expect(asked).toEqual([]);
    const end = feed.subscribe(() => {});
    await until(() => asked.length >= 4);
    end();
    end();
    const before = asked.length;
    await delay(5 * INTERVAL_MS);
    expect(asked.length).toBe(before);
  });

  it('asks each service once at a time, however many pages are open', async () => {
    const inFlight = new Map<string, number>();
    let most = 0;
    const { feed } = feedOf(async (service) => {
      inFlight.set(service, (inFlight.get(service) ?? 0) + 1);
      most = Math.max(most, inFlight.get(service) ?? 0);
      await delay(5);
      inFlight.set(service, (inFlight.get(service) ?? 0) - 1);
      return json({});
    });
    const seen = Array.from({ length: 20 }, () => 0);
    const ends = seen.map((_, page) => feed.subscribe(() => (seen[page] = (seen[page] ?? 0) + 1)));
    await until(() => seen.every((snapshots) => snapshots >= 6));
    for (const end of ends) end();
    expect(most).toBe(1);
    expect(Math.max(...seen) - Math.min(...seen)).toBeLessThanOrEqual(1); // all are told the same
  });

  it('shows a page that opens later the latest at once', async () => {
    const { feed } = feedOf(async (service) => json({ service }));
    const first: Snapshot[] = [];
    const ends = [feed.subscribe((snapshot) => first.push(snapshot))];
    await until(() => first.length >= 2);
    const second: Snapshot[] = [];
    ends.push(feed.subscribe((snapshot) => second.push(snapshot)));
    expect(second.map(({ service }) => service).toSorted()).toEqual(['payment', 'shipping']);
    for (const end of ends) end();
  });

  it('waits for no slow service, and says of one that fails why', async () => {
    const { feed } = feedOf(async (service) => {
      if (service === 'payment') throw new ProblemError(502, 'SERVICE_UNREACHABLE', 'away');
      return json({ samples: [] });
    });
    const seen: Snapshot[] = [];
    const end = feed.subscribe((snapshot) => seen.push(snapshot));
    await until(() => seen.filter(({ service }) => service === 'payment').length >= 2);
    await until(() => seen.some(({ service }) => service === 'shipping'));
    end();
    const [failed] = seen.filter(({ service }) => service === 'payment');
    expect(failed).toMatchObject({ answers: {}, faults: { '/admin/overview': 'SERVICE_UNREACHABLE' } });

    const hanging = feedOf((service, { signal }) =>
      service === 'shipping'
        ? Promise.resolve(json({}))
        : new Promise((_, reject) => signal?.addEventListener('abort', () => reject(new Error('gone')))),
    );
    let shipped = 0;
    const stop = hanging.feed.subscribe(({ service }) => (shipped += service === 'shipping' ? 1 : 0));
    await until(() => shipped >= 3);
    stop();
    expect(hanging.asked.filter((service) => service === 'payment')).toHaveLength(1);
  });
});
