/** What a colour says; nothing is said by colour alone. */
export type Tone = 'bad' | 'good' | 'quiet' | 'warn';

const CODES: Readonly<Record<Tone, number>> = { bad: 31, good: 32, warn: 33, quiet: 2 };

/** Of orders, sagas, their steps and letters. */
const STATUSES: Readonly<Record<string, Tone>> = {
  FULFILLED: 'good',
  COMPLETED: 'good',
  DONE: 'good',
  handled: 'good',
  COMPENSATING: 'warn',
  retrying: 'warn',
  parked: 'warn',
  REJECTED: 'warn',
  FAILED: 'warn',
  COMPENSATION_FAILED: 'bad',
  dead: 'bad',
  PENDING: 'quiet',
};

export function toned(
  text: string,
  tone: Tone | undefined,
  { isColourful }: { readonly isColourful: boolean },
): string {
  return tone === undefined || !isColourful ? text : `\u001B[${CODES[tone]}m${text}\u001B[0m`;
}

export function toneOf(status: string): Tone | undefined {
  return STATUSES[status];
}
