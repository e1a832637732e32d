import type { Terminal } from '../output/terminal.js';

/** A terminal that keeps what it was told, and answers questions as told. */
export class RecordingTerminal implements Terminal {
  readonly progressColumns = 120;
  readonly isColourful = false;
  readonly drawsProgress = false;
  readonly questions: string[] = [];
  out = '';
  err = '';

  constructor(
    readonly interactive = false,
    private readonly answer = false,
    readonly columns = 120,
  ) {}

  print(text: string): void {
    this.out += `${text}\n`;
  }

  note(text: string): void {
    this.err += `${text}\n`;
  }

  draw(): void {}

  async confirm(question: string): Promise<boolean> {
    this.questions.push(question);
    return this.answer;
  }
}
