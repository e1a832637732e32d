// Payloads, keys and error texts come from anywhere: what would move the cursor or recolour the terminal is shown, not obeyed.
const CONTROLS = /(?![\n\t])[\p{Cc}\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu;

/** Text that is safe on a terminal; line feeds and tabs stay. */
export function printable(text: string): string {
  return text.replace(CONTROLS, (control) => `\\x${(control.codePointAt(0) ?? 0).toString(16).padStart(2, '0')}`);
}

/** The same on one line. */
export function oneLine(text: string): string {
  return printable(text.replace(/\s*[\r\n\t]+\s*/g, ' '));
}
