import { oneLine } from './printable.js';

export interface Column<Row> {
  readonly title: string;
  readonly value: (row: Row) => string;
  readonly align?: 'right';
  /** Gives way first, down to a few characters, when the terminal is narrow. */
  readonly shrinks?: true;
}

const GAP = 2;
const NARROWEST = 8;

/** Rows beneath their titles, no line wider than `width`: columns that may shrink do, then everything is cut. */
export function renderTable<Row>(rows: readonly Row[], columns: readonly Column<Row>[], width: number): string {
  const cells = rows.map((row) => columns.map(({ value }) => oneLine(value(row))));
  const shown = columns.map((column, index) => ({
    ...column,
    width: Math.max(column.title.length, ...cells.map((line) => lengthOf(line[index] ?? ''))),
  }));
  const widths = fit(shown, width);
  const line = (texts: readonly string[]): string =>
    cut(
      texts
        .map((text, index) => pad(cut(text, widths[index] ?? 0), widths[index] ?? 0, shown[index]?.align))
        .join(' '.repeat(GAP)),
      width,
    ).trimEnd();
  return [line(columns.map(({ title }) => title)), ...cells.map(line)].join('\n');
}

function fit(
  columns: readonly { readonly width: number; readonly shrinks?: true }[],
  width: number,
): readonly number[] {
  const widths = columns.map((column) => column.width);
  let excess = widths.reduce((sum, each) => sum + each, 0) + GAP * (columns.length - 1) - width;
  while (excess > 0) {
    const widest = columns.reduce<number | undefined>((best, { shrinks }, index) => {
      const candidate = widths[index] ?? 0;
      if (shrinks !== true || candidate <= NARROWEST) return best;
      return best === undefined || candidate > (widths[best] ?? 0) ? index : best;
    }, undefined);
    if (widest === undefined) return widths;
    widths[widest] = (widths[widest] ?? 0) - 1;
    excess--;
  }
  return widths;
}

/** Counted in code points: a cut never halves a character. */
function cut(text: string, width: number): string {
  return lengthOf(text) <= width
    ? text
    : `${codePoints(text)
        .slice(0, Math.max(0, width - 1))
        .join('')}…`;
}

function pad(text: string, width: number, align: 'right' | undefined): string {
  const space = ' '.repeat(Math.max(0, width - lengthOf(text)));
  return align === 'right' ? space + text : text + space;
}

function lengthOf(text: string): number {
  return codePoints(text).length;
}

function codePoints(text: string): readonly string[] {
  return Array.from(text);
}
