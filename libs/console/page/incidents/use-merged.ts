import { useCallback, useEffect, useRef, useState } from 'preact/hooks';

import { ask, learn, SERVICES } from '../api.js';
import type { Refusal, ServiceName } from '../api.js';
import type { Page } from '../bodies.js';
import { now } from '../live.js';
import { behind, extend, merge } from './merge.js';
import type { Part, Row } from './merge.js';

/** As often as the services measure themselves. */
const REFRESH_MS = 15_000;

export interface Merged<Item> {
  /** `undefined`: nothing is known yet. */
  readonly rows: readonly Row<Item>[] | undefined;
  readonly refusals: readonly { readonly service: ServiceName; readonly refusal: Refusal }[];
  /** Older ones are on their way. */
  readonly isLoading: boolean;
  readonly hasOlder: boolean;
  older(): void;
  refresh(): void;
}

interface Asked<Item> {
  readonly path: string;
  readonly services: readonly ServiceName[];
  readonly timeOf: (item: Item) => string;
}

/** A list that each service has a part of. Asked again when the path changes, by `refresh`, and now and then, while nobody reads what is older. */
export function useMerged<Item>({ path, services, timeOf }: Asked<Item>): Merged<Item> {
  const key = `${path} ${services.join()}`;
  const [state, setState] = useState<{ key: string; parts: readonly Part<Item>[] }>();
  const [round, setRound] = useState(0);
  const [busy, setBusy] = useState(false);
  const isExtended = useRef(false);
  const current = useRef(key);
  current.current = key;
  const page = (service: ServiceName, cursor: string | null, signal?: AbortSignal): Promise<Page<Item>> =>
    ask<Page<Item>>(service, `${path}${cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`}`, signal);

  useEffect(() => {
    const stop = new AbortController();
    const load = async (): Promise<void> => {
      const parts = await Promise.all(
        services.map(async (service): Promise<Part<Item>> => {
          const found = await learn(page(service, null, stop.signal));
          if ('refusal' in found) return { service, items: [], nextCursor: null, refusal: found.refusal };
          return { service, ...found.value };
        }),
      );
      if (stop.signal.aborted) return;
      isExtended.current = false;
      setState({ key, parts });
      setBusy(false);
    };
    void load().catch(() => {}); // aborted: another load follows
    return () => stop.abort();
  }, [key, round]);

  const parts = state?.key === key ? state.parts : undefined;
  const waited = parts === undefined ? [] : behind(parts, timeOf);
  const more = async (known: readonly Part<Item>[]): Promise<void> => {
    const all = await Promise.all(
      waited.map(async ({ service, nextCursor }) => ({ service, found: await learn(page(service, nextCursor)) })),
    );
    if (current.current !== key) return;
    isExtended.current = true;
    setState({ key, parts: all.reduce((before, { service, found }) => extend(before, service, found), known) });
    setBusy(false);
  };
  const older = (): void => {
    setBusy(true);
    void more(parts ?? []);
  };
  const refresh = useCallback(() => {
    if (!isExtended.current) setRound((before) => before + 1);
  }, []);
  useEffect(() => {
    if (parts !== undefined) refresh();
  }, [Math.floor(now.value / REFRESH_MS)]);
  return {
    rows: parts && merge(parts, timeOf),
    refusals: (parts ?? []).flatMap(({ service, refusal }) => (refusal === undefined ? [] : [{ service, refusal }])),
    isLoading: busy,
    hasOlder: waited.length > 0,
    older,
    refresh,
  };
}

/** All, or the one that is asked for. */
export function servicesOf(name: string | null): readonly ServiceName[] {
  const wanted = SERVICES.filter((service) => service === name);
  return wanted.length === 0 ? SERVICES : wanted;
}
