import { cutEnd, cutMiddle, widthOf, wrapped } from './width.js';

describe('the width of a text', () => {
  it.each([
    ['abc', 3],
    ['Zoë', 3],
    ['Zoe\u0308', 3],
    ['注文', 4],
    ['😀', 2],
    ['👩‍👩‍👧', 2],
    ['⚠️', 2],
  ])('is that of its cells on a terminal: %s', (text, width) => {
    expect(widthOf(text)).toBe(width);
  });

  it('is kept by a cut, which halves no character', () => {
    expect(cutEnd('注文しました', 6)).toBe('注文…');
    expect(cutEnd('ab👩‍👩‍👧cd', 4)).toBe('ab…');
    expect(cutEnd('abc', 3)).toBe('abc');
  });

  it('leaves both ends of an id', () => {
    expect(cutMiddle('0197d6a4-5c1e-7b3a-9c55-0a1b2c3d4e5f', 13)).toBe('0197d6a4…4e5f');
    expect(cutMiddle('short', 13)).toBe('short');
  });

  it('is never passed by a line, however long a word is', () => {
    const lines = wrapped(`the provider said ${'x'.repeat(30)} 注文注文注文 and no more`, 10);
    expect(Math.max(...lines.map(widthOf))).toBeLessThanOrEqual(10);
    expect(lines.join('').replaceAll(' ', '')).toContain(`${'x'.repeat(30)}注文注文注文`);
    expect(wrapped('ab 注', 1).map(widthOf)).toEqual([1, 1, 2]);
  });
});
