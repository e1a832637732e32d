import { cancel, late, operate, reply, run, start } from '../testing/run-trip.js';

/** The payment timed out, and its undoing was given up. */
const stuck = [start, late, late, late, late, late];

describe('what an operator has settled', () => {
  it.each([
    ['force', 'COMPENSATED'],
    ['skip', 'COMPENSATION_FAILED'],
  ] as const)(
    'stays as it is when the step turns out to have taken effect (%s): told, and nothing sent (F24)',
    (action, kept) => {
      const saga = run([...stuck, operate(action)]);
      expect(saga.instance.status).toBe('COMPENSATED');
      const sent = saga.sent.length;
      for (const again of ['first', 'a replay']) {
        const { verdict, transitions } = saga.take(reply('pay.done'));
        expect([again, verdict, transitions]).toMatchObject([
          again,
          'taken',
          [{ kind: 'late-success-left', step: 'pay' }],
        ]);
      }
      expect(saga.instance).toMatchObject({
        status: 'COMPENSATED',
        deadlineAt: null,
        steps: [{ status: kept }, {}, {}, {}],
      });
      expect(saga.sent).toHaveLength(sent);
    },
  );

  it.each(['force', 'skip'] as const)(
    'is not asked for once more while the steps before it are undone (%s)',
    (action) => {
      const saga = run([start, reply('pay.done'), late, operate(action)]); // book timed out
      expect(saga.commands.at(-1)).toBe('pay.undo');
      expect(saga.on(reply('book.done'))).toBe('taken COMPENSATING');
      expect(saga.on(reply('pay.undone'))).toBe('taken COMPENSATED');
      expect(saga.commands).toEqual(['pay.do', 'book.do', 'book.undo', 'pay.undo']);
    },
  );

  it('says nothing of the other steps: their late success is undone', () => {
    const saga = run([start, reply('pay.done'), late, operate('force'), reply('pay.undone')]);
    expect(saga.on(reply('pay.done'))).toBe('taken COMPENSATING');
    expect(saga.commands.at(-1)).toBe('pay.undo');
  });

  it('does not count a retry as settled (F24)', () => {
    const saga = run([...stuck, operate('retry'), reply('pay.undone')]);
    expect(saga.on(reply('pay.done'))).toBe('taken COMPENSATING');
    expect(run([start, cancel, reply('pay.undone')]).on(reply('pay.done'))).toBe('taken COMPENSATING');
  });
});
