import { costLines } from './cost-of-an-order.js';
import type { SqlCall } from './sql-tap.js';

const SAVE = `
  UPDATE saga SET "a$b" = 'x''y', at = extract(epoch FROM $1) * 1000 WHERE id IN (1, 2)
`;
const COUNTED = 'UPDATE saga SET "a$b" = $2, at = extract($3 FROM $1) * $4 WHERE id IN ($5 /*, ... */)';

function calls(
  ...sent: readonly (readonly [text: string, connection: number, roundTrip: number])[]
): readonly SqlCall[] {
  return sent.map(([text, connection, roundTrip]) => ({
    connection,
    database: 'order',
    application: 'order',
    name: text === SAVE ? 'saga_save' : '',
    text,
    roundTrip,
  }));
}

function linesOf(sent: readonly SqlCall[]): ReadonlyMap<string, number> {
  const statements = [{ database: 'order', text: COUNTED, calls: 2, plans: 1, rows: 2, meanExecMs: 0.1 }];
  const counts = { calls: sent, statements, requests: new Map(), elapsedMs: 1_000 };
  const lines = costLines(counts, 1, (_, what) => what === 'SELECT clock');
  return new Map(lines.filter(({ service }) => service === 'order').map(({ what, count }) => [what, count]));
}

describe('the cost of an order', () => {
  it('counts transactions and the waits in them', () => {
    const sent = calls(
      ['BEGIN ISOLATION LEVEL READ COMMITTED', 1, 1],
      [SAVE, 1, 1],
      ['SELECT 1', 2, 1], // another connection, at the same time
      [SAVE, 1, 2],
      ['COMMIT', 1, 2],
    );
    const lines = linesOf(sent);
    expect(lines.get('transactions')).toBe(2);
    expect(lines.get('statements, with BEGIN and COMMIT')).toBe(5);
    expect(lines.get('round trips')).toBe(3);
    expect(lines.get('round trips of a transaction, at most')).toBe(2);
  });

  it('leaves out of the sums what is counted apart, and transactions that hold nothing else', () => {
    const sent = calls(
      ['BEGIN ISOLATION LEVEL READ COMMITTED', 1, 1],
      ['SELECT clock', 1, 1],
      [SAVE, 1, 2],
      ['COMMIT', 1, 2],
      ['BEGIN ISOLATION LEVEL READ COMMITTED', 1, 3],
      ['SELECT clock', 1, 3],
      ['COMMIT', 1, 4],
    );
    const lines = linesOf(sent);
    expect(lines.get('transactions')).toBe(1);
    expect(lines.get('statements, with BEGIN and COMMIT')).toBe(3);
    expect(lines.get('round trips')).toBe(1);
  });

  it('knows a statement by its name, also where the server has replaced its constants', () => {
    expect(linesOf(calls([SAVE, 1, 1])).get('saga_save')).toBe(2);
  });
});
