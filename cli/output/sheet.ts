import { amount } from './age.js';
import { printable } from './printable.js';

const WIDTH = 13;
const MOST_CHARACTERS = 1_000;

/** `name:        value`, or nothing where there is no value. */
export function fact(name: string, value: number | string | undefined): readonly string[] {
  if (value === undefined || value === '') return [];
  return [`${`${name}:`.padEnd(WIDTH)} ${printable(brief(String(value)))}`];
}

/** A title and what stands below it, or nothing where nothing does. */
export function section(title: string, content: string | readonly string[] | undefined): readonly string[] {
  const lines = typeof content === 'string' ? content.split('\n') : (content ?? []);
  if (lines.length === 0) return [];
  return ['', title, ...lines.map((line) => `  ${printable(line)}`)];
}

/** A key or a header may be as long as a record: that would push everything else off the screen. */
export function brief(value: string): string {
  if (value.length <= MOST_CHARACTERS) return value;
  return `${value.slice(0, MOST_CHARACTERS)}… (${amount(value.length)} characters; --json shows them)`;
}
