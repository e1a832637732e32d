import { Progress, progressLine } from './progress.js';

const state = (done: number, total = 1000) => ({ label: 'payment', done, total, detail: 'failed 0' });

function record(drawsProgress: boolean) {
  const notes: string[] = [];
  const drawn: string[] = [];
  let now = 0;
  const progress = new Progress(
    { progressColumns: 60, drawsProgress, note: (text) => notes.push(text), draw: (text) => drawn.push(text) },
    () => now,
  );
  return { progress, notes, drawn, at: (ms: number) => (now = ms) };
}

describe('progress', () => {
  it('tells how far, how fast and how long still', () => {
    expect(progressLine(state(250), 10)).toBe(
      'payment  [######------------------] 250/1,000  failed 0  25/s  30s left',
    );
    expect(progressLine(state(0), 0)).toBe('payment  [------------------------] 0/1,000  failed 0');
    expect(progressLine(state(0, 0), 1)).toBe('payment  [########################] 0/0  failed 0');
  });

  it('is a line every ten seconds where it goes to a file, without escapes', () => {
    const { progress, notes, drawn, at } = record(false);
    for (let ms = 0; ms <= 25_000; ms += 500) {
      at(ms);
      progress.update(state(ms / 25));
    }
    progress.end();
    expect(notes).toHaveLength(2);
    expect(notes.join('')).not.toContain('\u001B');
    expect(drawn).toEqual([]);
  });

  it('is drawn over itself on a terminal, within its width, and ends with the last state', () => {
    const { progress, notes, drawn, at } = record(true);
    progress.update(state(1));
    at(50);
    progress.update(state(2)); // too soon to be drawn
    at(60);
    progress.end();
    expect(drawn).toHaveLength(3);
    expect(drawn[1]).toContain('2/1,000');
    expect(drawn[2]).toBe('\n');
    for (const text of drawn.slice(0, 2)) expect(text.replace('\r\u001B[2K', '').length).toBeLessThan(60);
    expect(notes).toEqual([]);
  });

  it('makes way for a note', () => {
    const { progress, notes, drawn } = record(true);
    progress.update(state(1));
    progress.note('stopping');
    expect(drawn.at(-1)).toBe('\r\u001B[2K');
    expect(notes).toEqual(['stopping']);
  });
});
