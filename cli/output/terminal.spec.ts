import { renderTable } from './table.js';
import { columnsOf, isColourful } from './terminal.js';

describe('the width of the output', () => {
  it.each([
    ['a terminal', { isTTY: true, columns: 132 }, 132],
    ['a terminal of width 0', { isTTY: true, columns: 0 }, 80],
    ["a terminal that doesn't say", { isTTY: true }, 80],
    ['a pipe', {}, Infinity],
  ])('of %s is one that rows fit into', (_, stream, columns) => {
    expect(columnsOf(stream)).toBe(columns);
    const table = renderTable([{ id: '42' }], [{ title: 'ID', value: ({ id }) => id }], {
      columns: columnsOf(stream),
      isColourful: false,
    });
    expect(table).toBe('ID\n42');
  });
});

describe('colours', () => {
  it.each([
    ['a terminal', { isTTY: true }, { TERM: 'xterm' }, true],
    ['a terminal of somebody who wants none', { isTTY: true }, { NO_COLOR: '1' }, false],
    ['a terminal with an empty NO_COLOR', { isTTY: true }, { NO_COLOR: '' }, true],
    ['a dumb terminal', { isTTY: true }, { TERM: 'dumb' }, false],
    ['a pipe', {}, { TERM: 'xterm' }, false],
  ])('of %s', (_, stream, env, are) => {
    expect(isColourful(stream, env)).toBe(are);
  });
});
