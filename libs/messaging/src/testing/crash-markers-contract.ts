import type { CrashMarkers } from '../crash-markers.js';

/** A process of the group, as {@link crashMarkersContract} needs it. */
export interface MortalProcess {
  readonly markers: CrashMarkers;
  /** Ends it without a word, as SIGKILL does. Resolves when others can know. */
  die(): Promise<void>;
}

const GROUP = 'g';
const message = (id: string) => ({ source: '/test', id });

/** What every {@link CrashMarkers} keeps. `start` makes a process that shares its markers with those made before it. */
export function crashMarkersContract(
  name: string,
  start: () => Promise<MortalProcess>,
  reset: () => Promise<void>,
): void {
  describe(`${name} as crash markers`, () => {
    const open: MortalProcess[] = [];

    async function process(): Promise<MortalProcess> {
      const started = await start();
      open.push(started);
      await started.markers.open(GROUP);
      return started;
    }

    async function suspects({ markers }: MortalProcess): Promise<readonly string[]> {
      const report = await markers.look(GROUP);
      return report.suspects.map(({ identity, deaths }) => `${identity.id} ${deaths}`).toSorted();
    }

    afterEach(async () => {
      await Promise.all(open.splice(0).map(({ markers }) => markers.close()));
      await reset();
    });

    it('F18: sees no death while all processes live, nor when one has closed', async () => {
      const [one, two] = [await process(), await process()];
      await one.markers.mark(GROUP, [message('a')], 'alone');
      expect(await two.markers.look(GROUP)).toEqual({ lastDeathAtMs: undefined, suspects: [] });
      await one.markers.close();
      expect(await two.markers.look(GROUP)).toEqual({ lastDeathAtMs: undefined, suspects: [] });
    });

    it('F18: makes what a dead process had in hand suspect, and counts the death only against what was alone', async () => {
      const [one, two, survivor] = [await process(), await process(), await process()];
      await one.markers.mark(GROUP, [message('a'), message('b')], 'among-others');
      await two.markers.mark(GROUP, [message('c')], 'alone');
      await one.die();
      await two.die();
      expect(await suspects(survivor)).toEqual(['a 0', 'b 0', 'c 1']);
      expect((await survivor.markers.look(GROUP)).lastDeathAtMs).toBeGreaterThan(0);
    });

    it('F82: keeps a marker for each handler of an event: what one has ended, the other one still has in hand', async () => {
      const [victim, survivor] = [await process(), await process()];
      const [first, second] = [message('a'), { ...message('a'), subscriber: 'second' }];
      await victim.markers.mark(GROUP, [first, second], 'among-others');
      await victim.markers.mark(GROUP, [second], 'alone');
      await victim.markers.unmark(GROUP, [first]);
      await victim.die();
      expect((await survivor.markers.look(GROUP)).suspects).toMatchObject([{ identity: second, deaths: 1 }]);
      expect(await survivor.markers.mark(GROUP, [first, second], 'among-others')).toEqual([undefined, 1]);
    });

    it('F18: counts a death once, whichever process looks, and however often', async () => {
      const [victim, one, two] = [await process(), await process(), await process()];
      await victim.markers.mark(GROUP, [message('a')], 'alone');
      await victim.die();
      await Promise.all([one.markers.look(GROUP), two.markers.look(GROUP)]);
      expect([await suspects(one), await suspects(two)]).toEqual([['a 1'], ['a 1']]);
    });

    it('F18: adds up the deaths of one message over processes, and tells the process that marks it', async () => {
      const survivor = await process();
      for (const deaths of [undefined, 1, 2]) {
        const victim = await process();
        expect(await victim.markers.mark(GROUP, [message('new'), message('a')], 'alone')).toEqual([undefined, deaths]);
        await victim.markers.unmark(GROUP, [message('new')]);
        await victim.die();
        await survivor.markers.look(GROUP);
      }
      expect(await suspects(survivor)).toEqual(['a 3']);
    });

    it('F18: forgets a suspect that has come to its end', async () => {
      const [victim, survivor] = [await process(), await process()];
      await victim.markers.mark(GROUP, [message('a')], 'alone');
      await victim.die();
      await survivor.markers.look(GROUP);
      await survivor.markers.mark(GROUP, [message('a')], 'alone');
      await survivor.markers.unmark(GROUP, [message('a')]);
      expect(await suspects(survivor)).toEqual([]);
    });

    it('F18: leaves to a living process what it has marked', async () => {
      const [owner, other] = [await process(), await process()];
      await owner.markers.mark(GROUP, [message('a')], 'among-others');
      expect(await other.markers.mark(GROUP, [message('a')], 'alone')).toEqual([undefined]);
      await other.markers.unmark(GROUP, [message('a')]);
      await other.die();
      expect(await suspects(owner)).toEqual([]);
      await owner.die();
      expect(await suspects(await process())).toEqual(['a 0']);
    });
  });
}
