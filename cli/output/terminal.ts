import { createInterface } from 'node:readline/promises';

/** Where people and scripts read: results on stdout, all the rest on stderr. */
export interface Terminal {
  readonly columns: number;
  /** Somebody can be asked. */
  readonly interactive: boolean;
  /** Progress may be drawn over itself. */
  readonly drawsProgress: boolean;
  print(text: string): void;
  note(text: string): void;
  draw(text: string): void;
  confirm(question: string): Promise<boolean>;
}

const COLUMNS_OF_A_FILE = 160;
/** Of a terminal that doesn't say, or says 0, as those of some CI systems and editors do. */
const USUAL_COLUMNS = 80;

export function processTerminal(): Terminal {
  const { stdin, stdout, stderr } = process;
  return {
    columns: columnsOf(stdout),
    interactive: stdin.isTTY && stderr.isTTY,
    drawsProgress: stderr.isTTY,
    print: (text) => void stdout.write(`${text}\n`),
    note: (text) => void stderr.write(`${text}\n`),
    draw: (text) => void stderr.write(text),
    confirm: async (question) => {
      const prompt = createInterface({ input: stdin, output: stderr });
      const closed = new Promise<string>((resolve) => void prompt.once('close', () => resolve('')));
      prompt.once('SIGINT', () => prompt.close()); // Ctrl-C means no
      try {
        return /^y(es)?$/i.test((await Promise.race([prompt.question(`${question} [y/N] `), closed])).trim());
      } finally {
        prompt.close();
      }
    },
  };
}

export function columnsOf({ isTTY, columns }: { readonly isTTY?: boolean; readonly columns?: number }): number {
  if (isTTY !== true) return COLUMNS_OF_A_FILE;
  return columns !== undefined && columns > 0 ? columns : USUAL_COLUMNS;
}
