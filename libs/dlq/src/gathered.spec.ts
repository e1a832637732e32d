import { Gathered } from './gathered.js';

describe('statements that calls share', () => {
  /** Items of each statement. */
  let statements: (readonly string[])[];
  /** Lets a statement end, where they are held. */
  let held: (() => void)[] | undefined;

  beforeEach(() => {
    statements = [];
    held = undefined;
  });

  const gathered = new Gathered<string, string>(async (items) => {
    statements.push(items);
    if (held) await new Promise<void>((resolve) => held?.push(resolve));
    if (items.includes('bad')) throw new Error('bad');
    return (item) => item.toUpperCase();
  });
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  it('are one for all calls of a turn, each with its own results in order', async () => {
    expect(await Promise.all([gathered.add(['a', 'b']), gathered.add([]), gathered.add(['c'])])).toEqual([
      ['A', 'B'],
      [],
      ['C'],
    ]);
    expect(statements).toEqual([['a', 'b', 'c']]);
  });

  it('are one for all calls made while another is on its way', async () => {
    held = [];
    const first = gathered.add(['a']);
    await turn();
    const later = [gathered.add(['b']), gathered.add(['c'])];
    await turn();
    expect(statements).toEqual([['a']]);
    held.shift()?.();
    held = undefined;
    expect(await Promise.all([first, ...later])).toEqual([['A'], ['B'], ['C']]);
    expect(statements).toEqual([['a'], ['b', 'c']]);
  });

  it('fail for nobody but the call that made them fail', async () => {
    const results = await Promise.allSettled([gathered.add(['a']), gathered.add(['bad']), gathered.add(['c'])]);
    expect(results.map((result) => (result.status === 'fulfilled' ? result.value : 'failed'))).toEqual([
      ['A'],
      'failed',
      ['C'],
    ]);
    expect(await gathered.add(['d'])).toEqual(['D']);
  });
});
