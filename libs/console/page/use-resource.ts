import { useCallback, useEffect, useRef, useState } from 'preact/hooks';

import { Refusal } from './api.js';

export interface Resource<Value> {
  /** The last that was learnt, also while the next is on its way. */
  readonly value: Value | undefined;
  readonly refusal: Refusal | undefined;
  readonly isLoading: boolean;
  refresh(): void;
}

/** What `load` answers; asked again when the key changes or `refresh` is called. An answer that has been overtaken is dropped. */
export function useResource<Value>(key: string, load: (signal: AbortSignal) => Promise<Value>): Resource<Value> {
  const [state, setState] = useState<{ key: string; value?: Value; refusal?: Refusal }>({ key });
  const [round, setRound] = useState(0);
  const loader = useRef(load);
  loader.current = load;
  const [settled, setSettled] = useState('');
  useEffect(() => {
    const stop = new AbortController();
    const settle = (next: { key: string; value?: Value; refusal?: Refusal }): void => {
      if (stop.signal.aborted) return;
      // What was learnt before is shown while the next answer fails.
      setState((before) => (before.key === key && next.refusal ? { ...before, refusal: next.refusal } : next));
      setSettled(`${key} ${round}`);
    };
    const ask = async (): Promise<void> => {
      try {
        settle({ key, value: await loader.current(stop.signal) });
      } catch (error) {
        settle({ key, refusal: error instanceof Refusal ? error : new Refusal(0, 'PAGE_FAULT', String(error)) });
      }
    };
    void ask();
    return () => stop.abort();
  }, [key, round]);
  const refresh = useCallback(() => setRound((before) => before + 1), []);
  const isOfKey = state.key === key;
  return {
    value: isOfKey ? state.value : undefined,
    refusal: isOfKey ? state.refusal : undefined,
    isLoading: settled !== `${key} ${round}`,
    refresh,
  };
}
