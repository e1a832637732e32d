import { signal } from '@preact/signals';

import { act, Refusal } from '../api.js';
import type { ServiceName } from '../api.js';
import type { ReplayReport } from '../bodies.js';
import { replayInBulk } from './bulk.js';
import type { BulkPlan, BulkProgress } from './bulk.js';
import { bodyOf } from './letter-filter.js';
import type { LetterFilter } from './letter-filter.js';

/** A run that this page drives, or has driven. */
export interface Replaying {
  /** `undefined`: the first letters are being tried. */
  readonly progress: BulkProgress | undefined;
  /** It came to no end: an answer didn't come. */
  readonly refusal: Refusal | undefined;
  readonly isRunning: boolean;
  stop(): void;
}

const WAIT_S = 20;
const MOST_A_CALL = 1_000;

/** By run; kept while the page is open, so that a run goes on while one looks at another screen, and can be stopped after that. */
export const replaying = signal<ReadonlyMap<string, Replaying>>(new Map());

interface Asked {
  readonly service: ServiceName;
  readonly filter: LetterFilter;
  readonly plan: BulkPlan;
  readonly operator: { readonly who: string; readonly why: string };
  readonly run: string;
}

/** Begins a run, or continues it: a letter that it has tried isn't tried again. Never rejects. */
export async function replay({ service, filter, plan, operator, run }: Asked): Promise<void> {
  const stop = new AbortController();
  let now: Replaying = { progress: undefined, refusal: undefined, isRunning: true, stop: () => stop.abort() };
  const tell = (more: Partial<Replaying>): void => {
    now = { ...now, ...more };
    replaying.value = new Map(replaying.value).set(run, now);
  };
  tell({});
  const take = (limit: number): Promise<ReplayReport> =>
    act(service, '/admin/dead-letters/replay', {
      ...operator,
      filter: bodyOf(filter),
      run,
      limit: Math.min(limit, MOST_A_CALL),
      wait: WAIT_S,
    });
  const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
  const ports = { take, pause, nowMs: () => performance.now(), told: (progress: BulkProgress) => tell({ progress }) };
  try {
    await replayInBulk(plan, ports, stop.signal);
    tell({ isRunning: false });
  } catch (error) {
    const refusal = error instanceof Refusal ? error : new Refusal(0, 'PAGE_FAULT', String(error));
    tell({ isRunning: false, refusal });
  }
}
