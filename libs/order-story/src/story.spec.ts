import type { OutboxMessage, TimelineEntry } from './bodies.js';
import { storyOf } from './story.js';
import type { MessageRow, StoryParts } from './story.js';

const at = (ms: number): string => new Date(1_800_000_000_000 + ms).toISOString();
const ms = (time: number): number => time - 1_800_000_000_000;

const entry = (time: number, more: Partial<TimelineEntry>): TimelineEntry => ({
  at: at(time),
  service: 'order',
  kind: 'saga',
  type: 'saga-started',
  messageId: null,
  causationId: null,
  detail: null,
  ...more,
});
const command = (time: number, id: string, type: string, attempt = 1): TimelineEntry =>
  entry(time, { kind: 'command', type, messageId: id, detail: { step: 'process-payment', attempt } });
const event = (time: number, id: string, type: string, causationId: string): TimelineEntry =>
  entry(time, { kind: 'event', service: 'payment', type, messageId: id, causationId });
const sent = (id: string, createdAt: number, publishedAt: number | null): OutboxMessage => ({
  id,
  topic: 'payment.commands',
  type: 'payment.process.v2',
  key: 'o',
  source: '/order',
  subject: 'o',
  time: at(createdAt),
  correlationId: 'c',
  causationId: null,
  traceparent: null,
  createdAt: at(createdAt),
  publishedAt: publishedAt === null ? null : at(publishedAt),
  isSetAside: false,
  bytes: 2,
  data: {},
});
const taken = (messageId: string, receivedAt: number, position = '7') => ({
  service: 'payment',
  source: '/order',
  messageId,
  outcome: 'handled',
  receivedAt: at(receivedAt),
  partition: 1,
  position,
});
const letter = (state: 'dead' | 'handled', heldAt: number, updatedAt: number) => ({
  service: 'payment',
  id: '3',
  state,
  type: 'payment.process.v2',
  key: 'o',
  topic: 'payment.commands',
  partition: 1,
  position: '7',
  handler: 'h',
  attempts: 4,
  reason: null,
  fingerprint: null,
  lastError: null,
  heldAt: at(heldAt),
  updatedAt: at(updatedAt),
  nextAttemptAt: null,
});

function parts(more: Partial<StoryParts>, status: 'PLACED' | 'FULFILLED' = 'FULFILLED'): StoryParts {
  return { order: { status }, timeline: [], sent: [], taken: [], letters: [], parked: [], ...more };
}

const NOW = 1_800_000_090_000;
const messages = (of: StoryParts): readonly MessageRow[] =>
  storyOf(of, NOW).filter((row): row is MessageRow => row.kind === 'message');
const stages = (of: StoryParts): readonly unknown[] =>
  messages(of).map(({ segments }) => segments.map(({ stage, from, to, isOpen }) => [stage, ms(from), ms(to), isOpen]));

const PROCESS = command(10, 'c1', 'payment.process.v2');
const CHARGED = event(60, 'e1', 'payment.charged.v1', 'c1');

describe("an order's story", () => {
  it('shows a command on its way, and handled until its answer was written', () => {
    const timeline = [PROCESS, CHARGED];
    const of = parts({ timeline, sent: [sent('c1', 10, 150)], taken: [taken('c1', 40)] });
    expect(stages(of)[0]).toEqual([
      ['way', 10, 40, false],
      ['handle', 40, 60, false],
    ]);
    expect(messages(of)[0]).toMatchObject({ from: 'order', to: 'payment', step: 'process-payment', answers: ['e1'] });
    expect(messages(of)[1]).toMatchObject({ from: 'payment', to: 'order', step: 'process-payment', causationId: 'c1' });
  });

  it('tells the outbox from the topic where a message was published well before it was taken', () => {
    const of = parts({ timeline: [PROCESS, CHARGED], sent: [sent('c1', 10, 20)], taken: [taken('c1', 50)] });
    expect(stages(of)[0]).toEqual([
      ['outbox', 10, 20, false],
      ['topic', 20, 50, false],
      ['handle', 50, 60, false],
    ]);
  });

  it('shows what is in the outbox, on the topic, or being handled, as being there still', () => {
    const open = (more: Partial<StoryParts>) => stages(parts({ timeline: [PROCESS], ...more }, 'PLACED'))[0];
    expect(open({ sent: [sent('c1', 10, null)] })).toEqual([['outbox', 10, 90_000, true]]);
    expect(open({ sent: [sent('c1', 10, 20)] })).toEqual([
      ['outbox', 10, 20, false],
      ['topic', 20, 90_000, true],
    ]);
    expect(open({ sent: [sent('c1', 10, 20)], taken: [taken('c1', 15)] })).toEqual([
      ['way', 10, 15, false],
      ['handle', 15, 90_000, true],
    ]);
  });

  it('shows how long a failed message was held, and that a dead one is held still', () => {
    const facts = { timeline: [PROCESS, event(5_010, 'e1', 'payment.charged.v1', 'c1')], sent: [sent('c1', 10, 20)] };
    const held = (state: 'dead' | 'handled') =>
      stages(parts({ ...facts, taken: [taken('c1', 40)], letters: [letter(state, 40, 5_000)] }))[0];
    expect(held('handled')).toContainEqual(['held', 40, 5_000, false]);
    expect(held('handled')).toContainEqual(['handle', 5_000, 5_010, false]);
    expect(held('dead')).toContainEqual(['held', 40, 90_000, true]);
    expect(JSON.stringify(held('dead'))).not.toContain('handle');
  });

  it('says of a message that was edited what became of it then, not that it was discarded', () => {
    const discarded = { ...taken('c1', 40), outcome: 'discarded' };
    const facts = { timeline: [PROCESS, CHARGED], sent: [sent('c1', 10, 20)], taken: [discarded] };
    expect(messages(parts({ ...facts, letters: [letter('handled', 40, 50)] }))[0]?.inbox?.outcome).toBe('handled');
    expect(messages(parts(facts))[0]?.inbox?.outcome).toBe('discarded');
  });

  it('takes no letter of another place for the message', () => {
    const facts = { timeline: [PROCESS, CHARGED], sent: [sent('c1', 10, 20)], taken: [taken('c1', 40, '8')] };
    expect(messages(parts({ ...facts, letters: [letter('dead', 40, 50)] }))[0]?.letter).toBeUndefined();
    const elsewhere = { ...letter('dead', 40, 50), service: 'order' };
    expect(messages(parts({ ...facts, taken: [taken('c1', 40)], letters: [elsewhere] }))[0]?.letter).toBeUndefined();
  });

  it('tells what takes back from what does', () => {
    const timeline = [
      PROCESS,
      CHARGED,
      entry(70, { type: 'compensation-started' }),
      command(80, 'c2', 'payment.refund.v1'),
    ];
    const late = event(75, 'e2', 'payment.failed.v1', 'c1'); // an answer to what is being undone undoes nothing
    const refunded = event(90, 'e3', 'payment.refunded.v1', 'c2');
    const told = parts({ timeline: [...timeline, late, refunded] });
    expect(messages(told).map(({ id, isUndo }) => [id, isUndo])).toEqual([
      ['c1', false],
      ['e1', false],
      ['c2', true],
      ['e2', false],
      ['e3', true],
    ]);
  });

  it('has a place in time for what is held and the timeline does not tell of, and for keys that are parked', () => {
    const key = { service: 'payment', topic: 'payment.commands', key: 'o', subscriber: null, messages: 2 };
    const parked = { ...key, parkedAt: at(30), head: { id: '3', state: 'dead' as const, nextAttemptAt: null } };
    const strange = { ...letter('handled', 20, 25), id: '4', type: null };
    const rows = storyOf(
      parts({
        timeline: [PROCESS, CHARGED],
        parked: [parked],
        letters: [strange, letter('dead', 40, 50)],
        taken: [taken('c1', 40)],
      }),
      NOW,
    );
    expect(rows.map(({ kind, id }) => [kind, id])).toEqual([
      ['message', 'c1'], // its letter is drawn in its own row
      ['letter', 'letter payment 4'],
      ['parked', 'parked payment payment.commands null'],
      ['message', 'e1'],
    ]);
    const held = rows.flatMap((row) => (row.kind === 'letter' || row.kind === 'parked' ? row.segments : []));
    expect(held.map(({ stage, from, to, isOpen }) => [stage, ms(from), ms(to), isOpen])).toEqual([
      ['held', 20, 25, false],
      ['held', 30, 90_000, true],
    ]);
  });

  it('goes by the timeline where a service has forgotten a message or does not answer', () => {
    expect(stages(parts({ timeline: [PROCESS, CHARGED] }))).toEqual([[], []]);
    expect(messages(parts({ timeline: [PROCESS] }))[0]).toMatchObject({ to: 'payment', at: 1_800_000_000_010 });
  });
});
