import type { EventStream } from './event-stream.js';
import { EventVersions } from './event-versions.js';

interface Opened {
  readonly type: 'Opened';
  readonly data: { readonly owner: string; readonly currency: string };
}
const v1 = EventVersions.from<{ name: string }>();
const v2 = v1.to(({ name }) => ({ owner: name }));
const v3 = v2.to((data) => ({ ...data, currency: 'EUR' }));

describe('versions of an event', () => {
  it('lift what was stored under each of them to the one of today', () => {
    expect([v1, v2, v3].map(({ version }) => version)).toEqual([1, 2, 3]);
    const today = { owner: 'ada', currency: 'EUR' };
    expect(v3.liftFrom(1, { name: 'ada' })).toEqual(today);
    expect(v3.liftFrom(2, { owner: 'ada' })).toEqual(today);
    expect(v3.liftFrom(3, today)).toBe(today);
  });

  // Seen by the compiler: `npm run typecheck` fails where one of these is allowed.
  it('are refused by the compiler where a step is missing, or makes or takes something else', () => {
    const streams: readonly EventStream<Opened>[] = [
      { category: 'account', events: { Opened: { versions: v3 } } },
      // @ts-expect-error the last step is missing: there is no currency
      { category: 'account', events: { Opened: { versions: v2 } } },
      // @ts-expect-error a currency is a text
      { category: 'account', events: { Opened: { versions: v2.to((data) => ({ ...data, currency: 978 })) } } },
      // @ts-expect-error what stands for an erased field must fit it
      { category: 'account', events: { Opened: { personal: { owner: 0 } } } },
      // @ts-expect-error the event has no such field to be erased
      { category: 'account', events: { Opened: { personal: { name: '(erased)' } } } },
    ];
    // @ts-expect-error the version before it has no such field
    const wrong = v1.to(({ title }) => ({ owner: String(title), currency: 'EUR' }));
    expect([...streams, wrong]).toHaveLength(6);
  });
});
