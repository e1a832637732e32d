import { renderTable } from './table.js';
import { columnsOf } from './terminal.js';

describe('the width of the output', () => {
  it.each([
    ['a terminal', { isTTY: true, columns: 132 }, 132],
    ['a terminal of width 0', { isTTY: true, columns: 0 }, 80],
    ["a terminal that doesn't say", { isTTY: true }, 80],
    ['a pipe', {}, 160],
  ])('of %s is one that rows fit into', (_, stream, columns) => {
    expect(columnsOf(stream)).toBe(columns);
    const table = renderTable([{ id: '42' }], [{ title: 'ID', value: ({ id }) => id }], columnsOf(stream));
    expect(table).toBe('ID\n42');
  });
});
