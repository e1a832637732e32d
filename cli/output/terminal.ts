import { createInterface } from 'node:readline/promises';

/** Where people and scripts read: results on stdout, all the rest on stderr. */
export interface Terminal {
  /** Infinity where results go into a file or a pipe: nothing is cut there. */
  readonly columns: number;
  /** Of what progress is drawn on. */
  readonly progressColumns: number;
  /** Results may have colours. */
  readonly isColourful: boolean;
  /** Somebody can be asked. */
  readonly interactive: boolean;
  /** Progress may be drawn over itself. */
  readonly drawsProgress: boolean;
  print(text: string): void;
  note(text: string): void;
  draw(text: string): void;
  confirm(question: string): Promise<boolean>;
}

/** Of a terminal that doesn't say, or says 0, as those of some CI systems and editors do. */
const USUAL_COLUMNS = 80;

export function processTerminal(): Terminal {
  const { stdin, stdout, stderr } = process;
  return {
    columns: columnsOf(stdout),
    progressColumns: columnsOf(stderr),
    isColourful: isColourful(stdout, process.env),
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
  if (isTTY !== true) return Infinity;
  return columns !== undefined && columns > 0 ? columns : USUAL_COLUMNS;
}

/** Below that ids and times are short. */
const ROOMY = 110;

/** Whether a line has room for whole ids and times beside what they are about. */
export function isRoomy({ columns }: Pick<Terminal, 'columns'>): boolean {
  return columns >= ROOMY;
}

/** As https://no-color.org has it: any NO_COLOR that isn't empty. */
export function isColourful(
  { isTTY }: { readonly isTTY?: boolean },
  { NO_COLOR: no, TERM: term }: Readonly<Record<string, string | undefined>>,
): boolean {
  return isTTY === true && (no === undefined || no === '') && term !== 'dumb';
}
