import { useEffect } from 'preact/hooks';

import { now } from '../live.js';

interface Refreshed {
  readonly isLoading: boolean;
  refresh(): void;
}

/** Asks again every so often while the page is in sight, and never while an answer is on its way. */
export function useRefresh({ isLoading, refresh }: Refreshed, everyMs = 3_000): void {
  useEffect(() => {
    if (!isLoading) refresh();
  }, [Math.floor(now.value / everyMs)]);
}
