import { amount, duration } from './age.js';
import { oneLine } from './printable.js';
import type { Terminal } from './terminal.js';
import { cutEnd } from './width.js';

export interface ProgressState {
  readonly label: string;
  readonly done: number;
  readonly total: number;
  /** What was done before this began to watch: it isn't part of the rate. @default 0 */
  readonly from?: number;
  readonly detail: string;
}

const REDRAW_MS = 100;
const LINE_MS = 10_000;
const BAR = 24;

/** A bar drawn over itself on a terminal; elsewhere, such as in a log, a line every 10 s. Always on stderr. */
export class Progress {
  readonly #startedAtMs: number;
  #shownAtMs: number;
  #drawn = false;
  #last: ProgressState | undefined;

  constructor(
    private readonly terminal: Pick<Terminal, 'draw' | 'drawsProgress' | 'note' | 'progressColumns'>,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.#startedAtMs = now();
    this.#shownAtMs = terminal.drawsProgress ? Number.NEGATIVE_INFINITY : this.#startedAtMs;
  }

  update(state: ProgressState): void {
    this.#last = state;
    const now = this.now();
    if (now - this.#shownAtMs < (this.terminal.drawsProgress ? REDRAW_MS : LINE_MS)) return;
    this.#shownAtMs = now;
    this.#show(state);
  }

  /** Something to say while the bar is there. */
  note(text: string): void {
    this.#clear();
    this.terminal.note(text);
  }

  /** The last state stays on the screen. */
  end(): void {
    if (this.terminal.drawsProgress && this.#last !== undefined) {
      this.#show(this.#last);
      this.terminal.draw('\n');
      this.#drawn = false;
    }
    this.#last = undefined;
  }

  #show(state: ProgressState): void {
    const line = oneLine(progressLine(state, (this.now() - this.#startedAtMs) / 1000));
    if (!this.terminal.drawsProgress) return this.terminal.note(line);
    this.terminal.draw(`\r\u001B[2K${cutEnd(line, Math.max(0, this.terminal.progressColumns - 1))}`);
    this.#drawn = true;
  }

  #clear(): void {
    if (this.#drawn) this.terminal.draw('\r\u001B[2K');
    this.#drawn = false;
  }
}

/** Pure, for tests: one line, with the rate and the time that is left once they can be told. */
export function progressLine({ label, done, total, from = 0, detail }: ProgressState, elapsedSeconds: number): string {
  const share = total === 0 ? 1 : Math.min(1, done / total);
  const full = Math.floor(share * BAR);
  const bar = `[${'#'.repeat(full)}${'-'.repeat(BAR - full)}]`;
  const rate = elapsedSeconds > 0 ? (done - from) / elapsedSeconds : 0;
  const speed = rate > 0 ? `  ${rate >= 10 ? Math.round(rate) : rate.toFixed(1)}/s` : '';
  const left = rate > 0 && done < total ? `  ${duration((total - done) / rate)} left` : '';
  return `${label}  ${bar} ${amount(done)}/${amount(total)}  ${detail}${speed}${left}`;
}
