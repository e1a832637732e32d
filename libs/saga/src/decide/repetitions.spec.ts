import { newSagaInstance } from '../new-saga-instance.js';
import type { SagaInput } from '../saga-input.js';
import type { SagaInstance } from '../saga-instance.js';
import { definition } from '../testing/run-trip.js';
import { decide } from './decide.js';

const HOUR_MS = 3_600_000;
type Given<Input> = Input extends unknown ? Omit<Input, 'now' | 'commandId'> : never;

/** Ids grow, as those of messages do. */
const idOf = (command: number): string => `c${String(command).padStart(5, '0')}`;

class Trip {
  instance: SagaInstance = newSagaInstance(definition, { id: 'o1', data: {}, now: 0 });
  now = 0;
  sent = 0;

  take(input: Given<SagaInput>) {
    const decision = decide(definition, this.instance, { ...input, now: this.now, commandId: idOf(this.sent + 1) });
    this.instance = decision.instance;
    if (decision.command) this.sent += 1;
    return decision;
  }

  reply(contract: string, command: number) {
    return this.take({ kind: 'reply', contract, data: {}, answers: idOf(command) });
  }

  /** The next deadline passes. */
  late(published = true) {
    this.now = this.instance.deadlineAt ?? this.now;
    return this.take({ kind: 'deadline', published });
  }

  /** At its pivot, whose command is the fourth. */
  static atPivot(): Trip {
    const saga = new Trip();
    saga.take({ kind: 'start' });
    for (const [index, step] of ['pay', 'book', 'ship'].entries()) saga.reply(`${step}.done`, index + 1);
    return saga;
  }

  unansweredFor(ms: number): this {
    for (const end = this.now + ms; (this.instance.deadlineAt ?? Infinity) <= end;) this.late();
    return this;
  }
}

describe('a command that is repeated until it succeeds', () => {
  it('is sent ever less often, up to once an hour', () => {
    const saga = Trip.atPivot();
    const pauses = Array.from({ length: 12 }, () => {
      const before = saga.now;
      saga.late();
      return (saga.now - before) / 60_000;
    });
    expect(pauses).toEqual([1, 1, 1, 2, 4, 8, 16, 32, 60, 60, 60, 60]);
  });

  it('is sent ever less often where it is refused each time, too', () => {
    const saga = Trip.atPivot();
    for (let day = 0; saga.now < 24 * HOUR_MS; day += 1) {
      saga.reply('confirm.failed', saga.sent);
      saga.late();
    }
    expect(saga.sent).toBeLessThan(60);
    expect(saga.reply('confirm.done', saga.sent).instance.status).toBe('COMPLETED');
  });

  it('keeps its row narrow, however long nobody answers', () => {
    const saga = Trip.atPivot().unansweredFor(24 * HOUR_MS);
    expect(saga.sent).toBeLessThan(50);
    const size = JSON.stringify(saga.instance.steps).length;
    saga.unansweredFor(365 * 24 * HOUR_MS);
    expect(saga.instance.status).toBe('RUNNING');
    expect(JSON.stringify(saga.instance.steps).length).toBeLessThan(size + 10);
    expect(saga.instance.steps[3]?.asked).toMatchObject([{ forgotten: true, commands: { length: 10 } }]);
  });

  it.each<[string, (saga: Trip) => number]>([
    ['the first', () => 4],
    ['the last', ({ sent }) => sent],
    ['one of the last', ({ sent }) => sent - 4],
  ])('takes the answer to %s command', (_, command) => {
    const saga = Trip.atPivot().unansweredFor(72 * HOUR_MS);
    expect(saga.reply('confirm.done', command(saga))).toMatchObject({ instance: { status: 'COMPLETED' } });
  });

  it('neither believes the answer to a command that it has forgotten, nor takes it for a forged one (F63)', () => {
    const saga = Trip.atPivot().unansweredFor(72 * HOUR_MS);
    for (const contract of ['confirm.done', 'confirm.failed']) {
      const decision = saga.reply(contract, 20);
      expect(decision).toMatchObject({ verdict: 'ignored', instance: { status: 'RUNNING' } });
      expect(decision.fault).toBeUndefined();
    }
    for (const forged of [3, saga.sent + 1]) {
      expect(saga.reply('confirm.done', forged)).toMatchObject({ fault: 'REPLY_TO_UNKNOWN_COMMAND' });
    }
    saga.reply('confirm.done', saga.sent);
    const after = saga.reply('confirm.done', 20);
    expect([after.verdict, after.fault]).toEqual(['ignored', undefined]);
  });

  it('is sent at once when an operator retries, and as often as at first from then on', () => {
    const saga = Trip.atPivot().unansweredFor(24 * HOUR_MS);
    const { command, instance } = saga.take({ kind: 'operate', action: 'retry', by: 'ann', reason: 'is back' });
    expect(command?.contract.name).toBe('confirm.do');
    expect((instance.deadlineAt ?? 0) - saga.now).toBe(60_000);
  });

  it('is undone if it succeeds late, although it was forgotten (F24)', () => {
    const saga = new Trip();
    saga.take({ kind: 'start' });
    for (let again = 0; again < 20; again += 1) {
      saga.now = saga.instance.deadlineAt ?? 0;
      saga.take({ kind: 'deadline', published: true, lostAt: saga.now });
    }
    saga.take({ kind: 'cancel', reason: 'no' });
    saga.reply('pay.undone', saga.sent);
    expect(saga.instance.status).toBe('COMPENSATED');
    expect(saga.reply('pay.done', 10).command?.contract.name).toBe('pay.undo');
  });
});

describe('a deadline whose command is unpublished', () => {
  it('is told of once for each command, however often it is postponed', () => {
    const saga = new Trip();
    saga.take({ kind: 'start' });
    const told = () => saga.late(false).transitions.map(({ kind }) => kind);
    expect(told()).toEqual(['deadline-postponed']);
    expect([...told(), ...told()]).toEqual([]);
    expect((saga.instance.deadlineAt ?? 0) - saga.now).toBe(60_000);
    saga.late(); // published, and not answered: undone
    expect([told(), told()]).toEqual([['deadline-postponed'], []]);
  });
});
