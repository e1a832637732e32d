import { renderTable } from './table.js';

const COLUMNS = [
  { title: 'ID', value: ({ id }: { id: string; error: string; n: number }) => id },
  { title: 'N', value: ({ n }: { n: number }) => String(n), align: 'right' as const },
  { title: 'ERROR', value: ({ error }: { error: string }) => error, shrinks: true as const },
];

describe('a table', () => {
  it('has its columns aligned, and no blanks at the end', () => {
    const rows = [
      { id: '1', n: 5, error: 'short' },
      { id: '1000', n: 1234, error: 'timeout' },
    ];
    expect(renderTable(rows, COLUMNS, 80)).toBe('ID       N  ERROR\n1        5  short\n1000  1234  timeout');
  });

  it('is never wider than the terminal: what may shrink gives way first', () => {
    const table = renderTable([{ id: '1000', n: 1234, error: 'e'.repeat(200) }], COLUMNS, 40);
    expect(table.split('\n')[1]).toBe(`1000  1234  ${'e'.repeat(27)}…`);
    const narrow = renderTable([{ id: 'i'.repeat(30), n: 1, error: 'error' }], COLUMNS, 20);
    expect(Math.max(...narrow.split('\n').map((line) => Array.from(line).length))).toBe(20);
  });

  it('keeps a row on its line and shows control characters instead of obeying them', () => {
    const table = renderTable([{ id: 'a\nb', n: 1, error: '\u001B[2Jgone\u0007\u202E' }], COLUMNS, 80);
    expect(table.split('\n')).toHaveLength(2);
    expect(table).toContain('a b');
    expect(table).toContain(String.raw`\x1b[2Jgone\x07\x202e`);
  });

  it('cuts no character in half', () => {
    const table = renderTable([{ id: '1', n: 1, error: '😀'.repeat(50) }], COLUMNS, 20);
    expect(table.split('\n')[1]).toBe(`1   1  ${'😀'.repeat(12)}…`);
  });
});
