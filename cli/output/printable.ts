// Payloads, keys and error texts come from anywhere: what would move the cursor, recolour the terminal, turn the direction of writing or hide
// is shown, not obeyed. What joins the letters of some scripts, and the parts of an emoji, stays.
const CONTROLS = /(?![\n\t\u200C\u200D])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;
const COLOURS = new RegExp(`(${String.fromCharCode(27)}\\[\\d{1,2}m)`);

/** Text that is safe on a terminal; line feeds and tabs stay. */
export function printable(text: string): string {
  return text.replace(CONTROLS, shown);
}

/** The same on one line. */
export function oneLine(text: string): string {
  return printable(text.replace(/\s*[\r\n\t]+\s*/g, ' '));
}

/** The last look at what a command has composed: nothing gets through but its colours. */
export function composed(text: string): string {
  return text
    .split(COLOURS)
    .map((part, index) => (index % 2 === 1 ? part : printable(part)))
    .join('');
}

function shown(control: string): string {
  const code = control.codePointAt(0) ?? 0;
  if (code <= 0xff) return `\\x${code.toString(16).padStart(2, '0')}`;
  return code <= 0xffff ? `\\u${code.toString(16).padStart(4, '0')}` : `\\u{${code.toString(16)}}`;
}
