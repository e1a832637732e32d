import { runInNewContext } from 'node:vm';

import { cleanText, reportError } from './error-report.js';

describe('reportError', () => {
  it('groups errors by type, code and first own frame, without line numbers', () => {
    const at = (line: number) =>
      `E: x\n    at node:internal/a:1:1\n    at f (/x/node_modules/p/i.js:1:2)\n    at Payment.charge (/srv/app/charge.js:${line}:7)`;
    const [one, two] = [10, 99].map((line) =>
      reportError(Object.assign(new RangeError('x'), { stack: at(line), code: 'E_X' })),
    );
    expect(one?.fingerprint).toBe('RangeError E_X at Payment.charge (charge.js)');
    expect(two?.fingerprint).toBe(one?.fingerprint);
  });

  it('F20 keeps where it happened when a message fills all the room, and is as long as ever', () => {
    const stack = `Error: ${'x'.repeat(100_000)}\n    at Payment.charge (/srv/app/charge.js:1:7)`;
    const { text } = reportError(Object.assign(new Error('x'), { stack }));
    expect(text).toMatch(/^Error: x+\n… at Payment\.charge \(charge\.js\)$/);
    expect(text).toHaveLength(4_000);
  });

  it('F81 keeps of a database error what it is and where, and no value that it quotes', () => {
    const cause = Object.assign(new Error('duplicate key "ada@example.org"'), {
      code: '23505',
      severity: 'ERROR',
      constraint: 'customer_email_key',
      table: 'customer',
    });
    const wrapped = Object.assign(new Error(cause.message, { cause }), { driverError: cause });
    const { text, fingerprint } = reportError(wrapped);
    expect(text).toContain('PostgreSQL error 23505 (constraint customer_email_key, table customer)');
    expect(text).toContain('error-report.spec');
    expect(`${text}${fingerprint}`).not.toContain('ada@');
  });

  it('tells the causes, and ends on a circle of them', () => {
    const error = new Error('outer', { cause: new Error('inner') });
    expect(reportError(error).text).toMatch(/outer[^]*Caused by: Error: inner/);
    error.cause = error;
    expect(reportError(error).text.length).toBeLessThanOrEqual(4_000);
  });

  it.each([
    ['undefined', undefined],
    ['a bigint', 1n],
    ['a symbol', Symbol('s')],
    [
      'a circular object',
      (() => {
        const o: Record<string, unknown> = {};
        o['o'] = o;
        return o;
      })(),
    ],
    [
      'an error without a readable stack',
      Object.defineProperty(new Error('x'), 'stack', {
        get: () => {
          throw new Error('no');
        },
      }),
    ],
    ['an error with a stack of objects', Object.assign(new Error('x'), { stack: [1] as unknown as string })],
    ['an error with a symbol for a name', Object.assign(new Error('x'), { stack: undefined, name: Symbol('n') })],
  ])('describes %s and does not throw', (_, thrown) => {
    const { text, fingerprint } = reportError(thrown);
    expect([text.length > 0, fingerprint.length > 0]).toEqual([true, true]);
  });

  it('knows an error of another realm', () => {
    expect(reportError(runInNewContext('new TypeError("far")')).text).toContain('TypeError: far');
  });
});

describe('cleanText', () => {
  it('leaves no NUL and no lone surrogate, also where it cuts a pair', () => {
    expect(cleanText(`a\0\ud800b\u{1F600}`, 5)).toBe('a\uFFFD\uFFFDb\uFFFD');
    expect(cleanText('\u{1F600}', 2)).toBe('\u{1F600}');
  });
});
