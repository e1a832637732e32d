import { words } from '../format.js';

const TONES: Readonly<Record<string, string>> = {
  FULFILLED: 'good',
  COMPLETED: 'good',
  DONE: 'good',
  handled: 'good',
  PLACED: 'busy',
  RUNNING: 'busy',
  retrying: 'busy',
  parked: 'busy',
  'key-parked': 'warn',
  COMPENSATING: 'warn',
  REJECTED: 'warn',
  COMPENSATION_FAILED: 'bad',
  works: 'good',
  ready: 'good',
  replayed: 'good',
  pending: 'busy',
  waits: 'warn',
  skipped: 'calm',
  'skipped by an operator': 'warn',
  failed: 'bad',
  fails: 'bad',
  'not-ready': 'bad',
  dead: 'bad',
  FAILED: 'bad',
};

/** A state by word and colour; the word alone is enough. */
export function Status({ of }: { readonly of: string }) {
  return <span class={`status ${TONES[of] ?? 'calm'}`}>{words(of)}</span>;
}
