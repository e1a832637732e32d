import type { Breach } from '../alerts/alert-rule.js';
import type { IncidentFilter, IncidentStore } from '../alerts/incident-store.js';

export interface IncidentStoreUnderTest {
  readonly store: IncidentStore;
  /** As if the time had passed. */
  advance(ms: number): Promise<void>;
}

export const breach = (more: Partial<Breach> = {}): Breach => ({
  rule: 'dead-letters',
  subject: 'group=payment',
  severity: 'warning',
  summary: 'Dead letters wait for an operator',
  value: 1,
  threshold: 0,
  ...more,
});

/** What every {@link IncidentStore} promises; run it on yours. `create` gives an empty one. */
export function incidentStoreContract(name: string, create: () => Promise<IncidentStoreUnderTest>): void {
  describe(`${name} keeps the contract of an incident store`, () => {
    let store: IncidentStore;
    let advance: IncidentStoreUnderTest['advance'];

    beforeEach(async () => {
      ({ store, advance } = await create());
    });

    /** Claims and sends everything there is to say. */
    async function tell(): Promise<string[]> {
      const told: string[] = [];
      for (;;) {
        const notice = await store.claim(60_000);
        if (!notice) return told;
        told.push(`${notice.rule} ${notice.subject} ${notice.state}`);
        await store.sent(notice);
      }
    }

    it('tells once of an incident, however often it is reported, and once of its end', async () => {
      for (const value of [1, 7, 3]) await store.report([breach({ value })]);
      expect(await tell()).toEqual(['dead-letters group=payment firing']);
      await store.report([breach()]);
      expect(await tell()).toEqual([]);
      await advance(1_000);
      await store.end(['dead-letters'], 1_000);
      await store.end(['dead-letters'], 1_000);
      expect(await tell()).toEqual(['dead-letters group=payment resolved']);
      expect(await tell()).toEqual([]);
    });

    it('tells the beginning before the end, also of an incident that was over before anybody could be told', async () => {
      await store.report([breach()]);
      await advance(1_000);
      await store.end(['dead-letters'], 1_000);
      expect(await tell()).toEqual(['dead-letters group=payment firing', 'dead-letters group=payment resolved']);
    });

    it('keeps when it began and ended, how bad it is and how bad it was', async () => {
      await store.report([breach({ value: 9 })]);
      await store.report([breach({ value: 2 })]);
      const begun = await store.claim(1);
      expect(begun).toMatchObject({ ...breach({ value: 2 }), state: 'firing', peak: 9, endedAt: undefined });
      await advance(5_000);
      if (begun) await store.sent(begun);
      await store.end(['dead-letters'], 5_000);
      const ended = await store.claim(1);
      expect(ended).toMatchObject({ incident: begun?.incident, state: 'resolved', peak: 9 });
      expect(Number(ended?.endedAt) - Number(ended?.startedAt)).toBeGreaterThanOrEqual(5_000);
    });

    it('does not end what somebody has reported within the time, nor what it was not asked about', async () => {
      await store.report([breach(), breach({ rule: 'outbox-old', subject: 'topic=a' })]);
      await tell();
      await advance(900);
      await store.report([breach()]);
      await advance(200);
      await store.end(['dead-letters'], 1_000);
      expect(await tell()).toEqual([]);
      await store.end(['outbox-old'], 1_000);
      expect(await tell()).toEqual(['outbox-old topic=a resolved']);
    });

    it('opens a new incident after the end of the last one, and one per subject', async () => {
      await store.report([breach()]);
      await advance(1_000);
      await store.end(['dead-letters'], 1_000);
      await tell();
      await store.report([breach(), breach({ subject: 'group=order' })]);
      expect((await tell()).sort()).toEqual(['dead-letters group=order firing', 'dead-letters group=payment firing']);
    });

    it('gives a notice to one of many who ask at once, and to the next one after the lease', async () => {
      await store.report([breach()]);
      const claims = await Promise.all(Array.from({ length: 8 }, () => store.claim(60_000)));
      expect(claims.filter((notice) => notice !== undefined)).toHaveLength(1);
      await advance(60_001);
      expect(await store.claim(60_000)).toMatchObject({ state: 'firing' });
    });

    it('gives first what was never tried, then what was tried longest ago', async () => {
      await store.report(['a', 'b'].map((subject) => breach({ subject })));
      const tried = [await store.claim(1_000), await store.claim(2_000)].map((notice) => notice?.subject);
      await advance(5_000);
      await store.report([breach({ subject: 'c' })]);
      const again = [await store.claim(1_000), await store.claim(1_000), await store.claim(1_000)];
      expect(again.map((notice) => notice?.subject)).toEqual(['c', ...tried]);
    });

    it('opens one incident where two replicas see it begin at once', async () => {
      await Promise.all(Array.from({ length: 8 }, () => store.report([breach()])));
      expect(await tell()).toEqual(['dead-letters group=payment firing']);
    });

    it('lists what is open and what has ended, the latest first, page by page', async () => {
      const listed = async (filter: Omit<IncidentFilter, 'limit'> = {}) =>
        (await store.list({ ...filter, limit: 10 })).map(
          ({ subject, endedAt }) => `${subject}${endedAt ? ' ended' : ''}`,
        );
      await store.report([breach({ subject: 'a' })]);
      await advance(10_000);
      await store.end(['dead-letters'], 1_000);
      await advance(60_000);
      await store.report([breach({ subject: 'b', severity: 'critical', value: 4 })]);
      await advance(5);
      await store.report([breach({ subject: 'c' })]);
      expect(await listed()).toEqual(['c', 'b', 'a ended']);
      expect(await listed({ state: 'open' })).toEqual(['c', 'b']);
      expect(await listed({ state: 'ended' })).toEqual(['a ended']);
      expect(await listed({ severity: 'critical' })).toEqual(['b']);
      const [newest, second] = await store.list({ limit: 2 });
      expect(second).toMatchObject({ subject: 'b', peak: 4, value: 4, endedAt: undefined });
      expect(await listed({ since: new Date(Number(newest?.startedAt) - 30_000) })).toEqual(['c', 'b']);
      expect(await listed({ before: second?.id })).toEqual(['a ended']);
      const [, , ended] = await store.list({ limit: 3 });
      expect(ended?.unseenMs).toBeGreaterThanOrEqual(10_000);
      expect(ended?.unseenMs).toBeLessThan(40_000);
      const open = [...(await store.countOpen())].sort((a, b) => (a.severity < b.severity ? -1 : 1));
      expect(open).toEqual([
        { rule: 'dead-letters', severity: 'critical', incidents: 1 },
        { rule: 'dead-letters', severity: 'warning', incidents: 1 },
      ]);
    });

    it('records, once for all replicas and without telling anybody, that nobody looked for a time', async () => {
      await store.end([], 60_000); // the first look ever: nothing came before it
      await advance(30_000);
      await store.end([], 60_000);
      expect(await store.list({ limit: 10 })).toEqual([]);
      await advance(600_000);
      await Promise.all(Array.from({ length: 8 }, () => store.end([], 60_000)));
      const [gap, ...more] = await store.list({ limit: 10 });
      expect(more).toEqual([]);
      expect(gap).toMatchObject({ rule: 'unwatched', threshold: 60, unseenMs: 0 });
      expect(gap?.value).toBeGreaterThanOrEqual(600);
      expect(Number(gap?.endedAt) - Number(gap?.startedAt)).toBeGreaterThanOrEqual(600_000);
      expect(await store.claim(1)).toBeUndefined();
    });

    it('gives up what could not be told for a day', async () => {
      await store.report([breach()]);
      await advance(86_400_001);
      await store.end([], 1_000);
      expect(await store.claim(1)).toBeUndefined();
    });
  });
}
