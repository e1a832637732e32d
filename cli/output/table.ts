import { oneLine } from './printable.js';
import { type Tone, toned } from './tone.js';
import { cutEnd, cutMiddle, widthOf, wrapped } from './width.js';

export interface Column<Row> {
  readonly title: string;
  readonly value: (row: Row) => string;
  readonly align?: 'right';
  /** Gives way first, down to a few characters, when the terminal is narrow: at its end, or in its middle, as an id. */
  readonly shrinks?: 'end' | 'middle';
  /** Printed whole on lines of its own, below its row, where there is little room for it. One column of a table. */
  readonly below?: true;
  /** Left out of a terminal that is too narrow for it. */
  readonly spare?: true;
  readonly tone?: (row: Row) => Tone | undefined;
}

/** What a table is printed on. */
export interface Paper {
  /** Infinity where nothing is to be cut, as in a file or a pipe. */
  readonly columns: number;
  readonly isColourful: boolean;
}

interface Laid<Row> extends Column<Row> {
  readonly cells: readonly string[];
  readonly width: number;
}

const GAP = 2;
const NARROWEST = 8;
/** That can still be read: an id with both its ends. */
const READABLE = 13;
const READABLE_TEXT = 24;
/** In a pipe longer cells push the rest of their row aside, instead of padding all the others. */
const WIDEST_PADDED = 80;

/**
 * Rows beneath their titles. On a terminal no line is wider than that: columns make room as they say, and what is too wide even then is cut.
 * In a file or a pipe nothing is cut. There is no empty cell, and two blanks stand between any two.
 */
export function renderTable<Row>(rows: readonly Row[], columns: readonly Column<Row>[], paper: Paper): string {
  const laid = columns.map((column): Laid<Row> => {
    const cells = rows.map((row) => oneLine(column.value(row)) || '-');
    return {
      ...column,
      cells,
      width: cells.reduce((most, cell) => Math.max(most, widthOf(cell)), column.title.length),
    };
  });
  const { shown, below } = choose(laid, paper.columns);
  const widths = fit(shown, paper.columns);
  const line = (texts: readonly string[], tones: readonly (Tone | undefined)[]): string => {
    const whole = texts.map((text, index) => {
      const { align, shrinks } = shown[index] ?? {};
      const width = widths[index] ?? 0;
      const fitted = paper.columns === Infinity ? text : (shrinks === 'middle' ? cutMiddle : cutEnd)(text, width);
      const isLast = index === texts.length - 1 && align !== 'right';
      const space = isLast ? '' : ' '.repeat(Math.max(0, width - widthOf(fitted)));
      return { text: fitted, space, isRight: align === 'right', tone: tones[index] };
    });
    return inked(whole, paper);
  };
  const lines = rows.map((row, index) => [
    line(
      shown.map(({ cells }) => cells[index] ?? ''),
      shown.map(({ tone }) => tone?.(row)),
    ),
    ...(below === undefined || below.cells[index] === '-' ? [] : beneath(below, row, index, paper)),
  ]);
  const titles = line(
    shown.map(({ title }) => title),
    shown.map(() => 'quiet' as const),
  );
  return [titles, ...lines.flat()].join('\n');
}

/** Which columns are shown: a long text goes below its row first, then what can be spared goes. */
function choose<Row>(
  all: readonly Laid<Row>[],
  width: number,
): { readonly shown: readonly Laid<Row>[]; readonly below: Laid<Row> | undefined } {
  const needs = (columns: readonly Laid<Row>[]): number =>
    columns.reduce((sum, column) => sum + leastOf(column) + GAP, -GAP);
  if (needs(all) <= width) return { shown: all, below: undefined };
  const below = all.find((column) => column.below === true);
  let shown = all.filter((column) => column !== below);
  while (needs(shown) > width) {
    const spare = shown.findLast((column) => column.spare === true);
    if (spare === undefined) break;
    shown = shown.filter((column) => column !== spare);
  }
  return { shown, below };
}

function leastOf<Row>({ width, below, shrinks }: Laid<Row>): number {
  if (below === true) return Math.min(width, READABLE_TEXT);
  return shrinks === undefined ? width : Math.min(width, READABLE);
}

function fit<Row>(columns: readonly Laid<Row>[], width: number): readonly number[] {
  if (width === Infinity) return columns.map((column) => Math.min(column.width, WIDEST_PADDED));
  const widths = columns.map((column) => column.width);
  let excess = widths.reduce((sum, each) => sum + each, 0) + GAP * (columns.length - 1) - width;
  while (excess > 0) {
    const widest = columns.reduce<number | undefined>((best, { shrinks, below }, index) => {
      const candidate = widths[index] ?? 0;
      if ((shrinks === undefined && below === undefined) || candidate <= NARROWEST) return best;
      return best === undefined || candidate > (widths[best] ?? 0) ? index : best;
    }, undefined);
    if (widest === undefined) return widths;
    widths[widest] = (widths[widest] ?? 0) - 1;
    excess--;
  }
  return widths;
}

interface Inked {
  readonly text: string;
  readonly space: string;
  readonly isRight: boolean;
  readonly tone: Tone | undefined;
}

/** Cut where even the narrowest columns are too wide; colours have no width. */
function inked(cells: readonly Inked[], paper: Paper): string {
  let room = paper.columns;
  const parts = cells.map(({ text, space, isRight, tone }, index) => {
    const gap = index === 0 ? '' : ' '.repeat(GAP);
    const before = `${gap}${isRight ? space : ''}`.slice(0, Math.max(0, room));
    room -= before.length;
    const shown = room <= 0 ? '' : cutEnd(text, room);
    room -= widthOf(shown);
    const after = isRight || room <= 0 ? '' : space.slice(0, room);
    room -= after.length;
    return `${before}${toned(shown, tone, paper)}${after}`;
  });
  return parts.join('').trimEnd();
}

function beneath<Row>({ cells, tone }: Laid<Row>, row: Row, index: number, paper: Paper): readonly string[] {
  return wrapped(cells[index] ?? '', Math.max(NARROWEST, paper.columns - GAP)).map(
    (text) => `${' '.repeat(GAP)}${toned(text, tone?.(row), paper)}`,
  );
}
