import { subscribe, unsubscribe } from 'node:diagnostics_channel';

/** What diagnostic points have told. */
export interface WatchedPoints {
  /** In order. */
  readonly told: readonly { readonly point: string; readonly message: unknown }[];
  stop(): void;
}

export function watchPoints(...points: readonly string[]): WatchedPoints {
  const told: { point: string; message: unknown }[] = [];
  const listener = (message: unknown, point: string | symbol): void =>
    void told.push({ point: String(point), message });
  for (const point of points) subscribe(point, listener);
  return {
    told,
    stop: () => {
      for (const point of points) unsubscribe(point, listener);
    },
  };
}
