import { renderTable } from './table.js';
import type { Column } from './table.js';
import { widthOf } from './width.js';

interface Row {
  readonly id: string;
  readonly error: string;
  readonly n: number;
}

const COLUMNS: readonly Column<Row>[] = [
  { title: 'ID', value: ({ id }) => id },
  { title: 'N', value: ({ n }) => String(n), align: 'right' },
  { title: 'ERROR', value: ({ error }) => error, shrinks: 'end' },
];
const wide = (columns: number, isColourful = false) => ({ columns, isColourful });

describe('a table', () => {
  it('has its columns aligned, and no blanks at the end', () => {
    const rows = [
      { id: '1', n: 5, error: 'short' },
      { id: '1000', n: 1234, error: 'timeout' },
    ];
    expect(renderTable(rows, COLUMNS, wide(80))).toBe('ID       N  ERROR\n1        5  short\n1000  1234  timeout');
  });

  it('is never wider than the terminal: what may shrink gives way first', () => {
    const table = renderTable([{ id: '1000', n: 1234, error: 'e'.repeat(200) }], COLUMNS, wide(40));
    expect(table.split('\n')[1]).toBe(`1000  1234  ${'e'.repeat(27)}…`);
    const narrow = renderTable([{ id: 'i'.repeat(30), n: 1, error: 'error' }], COLUMNS, wide(20));
    expect(Math.max(...narrow.split('\n').map(widthOf))).toBe(20);
  });

  it('keeps a row on its line and shows control characters instead of obeying them', () => {
    const table = renderTable([{ id: 'a\nb', n: 1, error: '\u001B[2Jgone\u0007\u202E' }], COLUMNS, wide(80));
    expect(table.split('\n')).toHaveLength(2);
    expect(table).toContain('a b');
    expect(table).toContain(String.raw`\x1b[2Jgone\x07\u202e`);
  });

  it('cuts no character in half, and counts those that take two cells', () => {
    const table = renderTable([{ id: '1', n: 1, error: '😀'.repeat(50) }], COLUMNS, wide(20));
    expect(table.split('\n')[1]).toBe(`1   1  ${'😀'.repeat(6)}…`);
  });

  it('has every text whole in a pipe, and a cell for every column, so that a program finds them', () => {
    const rows = [
      { id: '1', n: 1, error: 'e'.repeat(1_000) },
      { id: 'i'.repeat(300), n: 2, error: '' },
    ];
    const [, first = '', second = ''] = renderTable(rows, COLUMNS, wide(Infinity)).split('\n');
    expect(first.split(/ {2,}/)).toEqual(['1', '1', 'e'.repeat(1_000)]);
    expect(second.split(/ {2,}/)).toEqual(['i'.repeat(300), '2', '-']);
    expect(first.length).toBeLessThan(1_100); // a long id doesn't pad the rows of others
  });

  it('has a line of its own for a long text where there is little room, whole, and leaves out what can be spared', () => {
    const columns: readonly Column<Row>[] = [
      { title: 'ORDER', value: () => '0197d6a4-5c1e-7b3a-9c55-0a1b2c3d4e5f', shrinks: 'middle' },
      { title: 'SPARED', value: () => 'x'.repeat(30), spare: true },
      { title: 'N', value: ({ n }) => String(n), align: 'right' },
      { title: 'ERROR', value: ({ error }) => error, below: true },
    ];
    const rows = [
      { id: '1', n: 1, error: 'the provider does not answer, and nobody knows why' },
      { id: '2', n: 2, error: '' },
    ];
    expect(renderTable(rows, columns, wide(30))).toBe(
      [
        `${'ORDER'.padEnd(27)}  N`,
        '0197d6a4-5c1e-7b3a…2c3d4e5f  1',
        '  the provider does not',
        '  answer, and nobody knows why',
        '0197d6a4-5c1e-7b3a…2c3d4e5f  2',
      ].join('\n'),
    );
    expect(renderTable(rows, columns, wide(200))).toContain('SPARED');
  });

  it('colours what a column says, and measures as if it had not', () => {
    const columns: readonly Column<Row>[] = [
      { title: 'ID', value: ({ id }) => id, tone: () => 'bad' },
      { title: 'N', value: ({ n }) => String(n) },
    ];
    expect(renderTable([{ id: 'a', n: 1, error: '' }], columns, wide(80, true))).toBe(
      '\u001B[2mID\u001B[0m  \u001B[2mN\u001B[0m\n\u001B[31ma\u001B[0m   1',
    );
  });

  it('bears as many rows as there are', () => {
    const rows = Array.from({ length: 130_000 }, (_, n) => ({ id: String(n), n, error: '' }));
    const columns = COLUMNS.slice(0, 1);
    expect(renderTable(rows, columns, wide(80)).split('\n')).toHaveLength(130_001);
  });
});
