import { InFlight } from './in-flight.js';

it('lets so many bytes be on their way at once, in the order in which they were given, and what is larger alone', async () => {
  const inFlight = new InFlight(10);
  const begun: string[] = [];
  const ends: (() => void)[] = [];
  const run = (name: string, bytes: number) =>
    inFlight.run(bytes, () => {
      begun.push(name);
      return new Promise<void>((resolve) => ends.push(resolve));
    });
  const all = [run('a', 6), run('b', 4), run('c', 1), run('large', 99), run('d', 1)];
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  await turn();
  expect(begun).toEqual(['a', 'b']);
  ends[0]?.();
  await turn();
  expect(begun).toEqual(['a', 'b', 'c']); // the large one waits, and nothing passes it
  ends[1]?.();
  ends[2]?.();
  await turn();
  expect(begun).toEqual(['a', 'b', 'c', 'large']);
  ends[3]?.();
  await turn();
  expect(begun).toEqual(['a', 'b', 'c', 'large', 'd']);
  ends[4]?.();
  await Promise.all(all);
});
