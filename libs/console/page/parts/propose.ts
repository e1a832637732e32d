import { signal } from '@preact/signals';
import type { ComponentChildren } from 'preact';

/** What a person is about to do, and what comes of it. */
export interface Action {
  readonly title: string;
  /** What will happen, and what can't be taken back. */
  readonly explain: ComponentChildren;
  readonly verb: string;
  /** What is kept in the audit of it. */
  readonly asks: 'who and why' | 'nothing';
  readonly isDangerous?: boolean;
  /** The key stays the same while the dialog is open: an answer that was lost isn't done twice. @throws Refusal */
  run(operator: { readonly who: string; readonly why: string }, idempotencyKey: string): Promise<unknown>;
}

/** What the dialog is about; `undefined`: there is none. */
export const proposed = signal<Action | undefined>(undefined);

export function propose(action: Action): void {
  proposed.value = action;
}
