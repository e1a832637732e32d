import { useEffect } from 'preact/hooks';

import { now } from './live.js';
import type { Resource } from './use-resource.js';

/** Asks again each second while the page is in sight, once the last answer is there. */
export function useEachSecond({ isLoading, refresh }: Pick<Resource<unknown>, 'isLoading' | 'refresh'>): void {
  useEffect(() => {
    if (!isLoading) refresh();
  }, [Math.floor(now.value / 1_000)]);
}
