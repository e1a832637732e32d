import { useEffect, useRef, useState } from 'preact/hooks';

import { askLab, Refusal } from '../api.js';
import type { Lesson, Run, Step } from './lesson.js';

/** How often a run is asked for while it lasts. */
const ASK_MS = 400;
/** Between two steps: what happened within a millisecond couldn't be followed. */
const STEP_MS = 80;
/** With more than this to come, two steps are shown at once. */
const MANY = 40;

export interface Playback {
  /** As far as it is shown. */
  readonly steps: readonly Step[];
  readonly run: Run | undefined;
  readonly refusal: Refusal | undefined;
  /** Started, and not shown to its end. */
  readonly isPlaying: boolean;
  play(naive: boolean): void;
}

/**
 * Runs a lesson and shows its steps at a pace that eyes follow; all that is known at once for those who want nothing to move. Begins
 * with the latest run as it stands, so that a page that is loaded again has lost nothing.
 */
export function usePlayback({ name, latestRun }: Pick<Lesson, 'name' | 'latestRun'>): Playback {
  const [run, setRun] = useState(latestRun);
  const [shown, setShown] = useState(latestRun?.steps.length ?? 0);
  const [refusal, setRefusal] = useState<Refusal>();
  const [isStarting, setStarting] = useState(false);
  const latest = useRef(run);
  latest.current = run;

  const isRunning = run?.state === 'running';
  useEffect(() => {
    if (!isRunning || run === undefined) return undefined;
    const stop = new AbortController();
    const timer = setInterval(() => {
      void askLab<Run>(`/lessons/runs/${run.id}`, { signal: stop.signal }).then(
        (next) => {
          setRefusal(undefined);
          return setRun((before) => (before?.id === next.id ? next : before));
        },
        (error: unknown) => setRefusal(error instanceof Refusal ? error : undefined), // aborted: nobody asks any more
      );
    }, ASK_MS);
    return () => {
      stop.abort();
      clearInterval(timer);
    };
  }, [run?.id, isRunning]);

  const left = (run?.steps.length ?? 0) - shown;
  const isPlaying = isStarting || isRunning || left > 0;
  useEffect(() => {
    if (left <= 0) return undefined;
    const all = latest.current?.steps.length ?? 0;
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) {
      setShown(all);
      return undefined;
    }
    const timer = setTimeout(() => setShown(Math.min(all, shown + (left > MANY ? 2 : 1))), STEP_MS);
    return () => clearTimeout(timer);
  }, [shown, left > 0, run?.id]);

  const play = (naive: boolean): void => {
    setStarting(true);
    setRefusal(undefined);
    void start(naive);
  };
  const start = async (naive: boolean): Promise<void> => {
    try {
      const started = await askLab<Run>(`/lessons/${name}`, { method: 'POST', body: { naive } });
      setShown(0);
      setRun(started);
    } catch (error) {
      setRefusal(error instanceof Refusal ? error : new Refusal(0, 'PAGE_FAULT', String(error)));
    }
    setStarting(false);
  };
  return { steps: run?.steps.slice(0, shown) ?? [], run, refusal, isPlaying, play };
}
