/** Control and format characters, and separators of lines and paragraphs: in a line of a log or a list nobody sees them, only what they do. */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

/** The first character of a text that isn't seen, or that changes in which order the others are, as `U+202E`; `undefined` where there is none. */
export function hiddenCharacterIn(text: string): string | undefined {
  const [found] = HIDDEN.exec(text) ?? [];
  return found === undefined ? undefined : `U+${found.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0')}`;
}
