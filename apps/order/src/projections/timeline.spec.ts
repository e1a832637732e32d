import { inOrder } from './timeline.js';
import type { TimelineEntry } from './timeline.js';

const entry = (at: string, messageId: string, causationId: string | null = null): TimelineEntry => ({
  at: `2026-11-25T10:00:${at}Z`,
  service: 'order',
  kind: 'event',
  type: messageId,
  messageId,
  causationId,
  detail: null,
});
const order = (...entries: TimelineEntry[]) => inOrder(entries).map(({ type }) => type);

describe('timeline', () => {
  it('is in order of time, and as recorded where the times are equal', () => {
    expect(order(entry('02.000', 'b'), entry('01.000', 'a'), entry('02.000', 'c'))).toEqual(['a', 'b', 'c']);
  });

  it('never shows an answer before the command that it answers, whatever the clock of the other service', () => {
    const command = entry('05.000', 'command');
    const answer = entry('01.000', 'answer', 'command');
    expect(order(command, answer)).toEqual(['command', 'answer']);
    expect(order(entry('04.000', 'earlier'), command, answer, entry('06.000', 'later'))).toEqual([
      'earlier',
      'command',
      'answer',
      'later',
    ]);
  });
});
