const ASCII = /^[\u0020-\u007e]*$/;
const WIDE =
  /\p{Emoji_Presentation}|\uFE0F|[\u1100-\u115F\u2E80-\u303E\u3041-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6\u{20000}-\u{3FFFD}]/u;
const NOTHING = /^[\p{Mn}\p{Me}\p{Cf}]+$/u;
const segmenter = new Intl.Segmenter();

/** How many cells of a terminal a text takes: characters of East Asia and emoji take two, what joins another takes none. */
export function widthOf(text: string): number {
  if (ASCII.test(text)) return text.length;
  return characters(text).reduce((sum, character) => sum + cellsOf(character), 0);
}

/** Its beginning; a character that a reader sees as one is never halved. */
export function cutEnd(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  return width <= 0 ? '' : `${beginning(characters(text), width - 1)}…`;
}

/** Beginning and end, as of an id: commands that take an id take it back like this. */
export function cutMiddle(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  const all = characters(text);
  const tail = Math.floor((width - 1) / 3);
  return `${beginning(all, width - 1 - tail)}…${[...beginningOf([...all].reverse(), tail)].reverse().join('')}`;
}

/** Lines of at most that width, broken between words where that is possible. */
export function wrapped(text: string, width: number): readonly string[] {
  if (widthOf(text) <= width) return [text];
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (widthOf(longer) <= width) {
      line = longer;
      continue;
    }
    if (line !== '') lines.push(line);
    line = word;
    while (widthOf(line) > width) {
      const part = beginning(characters(line), width) || (characters(line)[0] ?? '');
      lines.push(part);
      line = line.slice(part.length);
    }
  }
  return line === '' ? lines : [...lines, line];
}

function beginning(all: readonly string[], width: number): string {
  return beginningOf(all, width).join('');
}

function beginningOf(all: readonly string[], width: number): readonly string[] {
  let room = width;
  const end = all.findIndex((character) => (room -= cellsOf(character)) < 0);
  return end < 0 ? all : all.slice(0, end);
}

function characters(text: string): readonly string[] {
  return ASCII.test(text) ? Array.from(text) : Array.from(segmenter.segment(text), ({ segment }) => segment);
}

function cellsOf(character: string): number {
  if (WIDE.test(character)) return 2;
  return NOTHING.test(character) ? 0 : 1;
}
