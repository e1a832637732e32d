import type { Question } from '../saga-instance.js';

/** How many of the first, and how many of the last commands of a question are kept. */
const KEPT = 5;

/**
 * The question with one more repetition of its command. A row stays narrow however long nobody answers: the first commands are kept,
 * because receivers take them in order and so answer those first, and the last ones, because an answer to them is still to come.
 */
export function repeated({ phase, commands: earlier, forgotten }: Question, id: string): Question {
  const commands = [...earlier, id];
  if (commands.length > 2 * KEPT) {
    return { phase, commands: [...commands.slice(0, KEPT), ...commands.slice(-KEPT)], forgotten: true };
  }
  return forgotten ? { phase, commands, forgotten } : { phase, commands };
}

/**
 * Whether the command may be one of those that aren't kept: ids grow with time (UUIDv7), so it would lie between those that are. That
 * is enough not to take its answer for a forged one, and too little to believe it.
 */
export function mayHaveForgotten({ commands, forgotten }: Question, id: string): boolean {
  const [before, after] = commands.slice(KEPT - 1);
  return forgotten === true && before !== undefined && after !== undefined && before < id && id < after;
}
