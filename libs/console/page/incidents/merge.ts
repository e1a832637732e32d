import type { Refusal, ServiceName } from '../api.js';
import type { Page } from '../bodies.js';

/** What one service has said so far, newest first, and whether it has more. */
export interface Part<Item> {
  readonly service: ServiceName;
  readonly items: readonly Item[];
  readonly nextCursor: string | null;
  readonly refusal?: Refusal | undefined;
}

export interface Row<Item> {
  readonly service: ServiceName;
  readonly item: Item;
}

const lastOf = <Item>({ items }: Part<Item>, timeOf: (item: Item) => string): number =>
  Date.parse(items.length === 0 ? '' : timeOf(items[items.length - 1] as Item)); // there is one

/** Until where all services have spoken: what is older may have something of another service before it. */
function floorOf<Item>(parts: readonly Part<Item>[], timeOf: (item: Item) => string): number {
  const ends = parts.filter(({ nextCursor }) => nextCursor !== null).map((part) => lastOf(part, timeOf));
  return Math.max(-Infinity, ...ends.filter((end) => !Number.isNaN(end)));
}

/** One list over all services, the newest first, as far as it is complete. */
export function merge<Item>(parts: readonly Part<Item>[], timeOf: (item: Item) => string): readonly Row<Item>[] {
  const floor = floorOf(parts, timeOf);
  return parts
    .flatMap(({ service, items }) => items.map((item) => ({ service, item, atMs: Date.parse(timeOf(item)) })))
    .filter(({ atMs }) => atMs >= floor)
    .sort((one, other) => other.atMs - one.atMs);
}

/** Whose next page the list needs to go further back. */
export function behind<Item>(parts: readonly Part<Item>[], timeOf: (item: Item) => string): readonly Part<Item>[] {
  const floor = floorOf(parts, timeOf);
  return parts.filter((part) => part.nextCursor !== null && lastOf(part, timeOf) >= floor);
}

/** The same parts, with a service's next page, or why there is none. */
export function extend<Item>(
  parts: readonly Part<Item>[],
  service: ServiceName,
  found: { readonly value: Page<Item> } | { readonly refusal: Refusal },
): readonly Part<Item>[] {
  return parts.map((part) => {
    if (part.service !== service) return part;
    if ('refusal' in found) return { ...part, refusal: found.refusal };
    const { items, nextCursor } = found.value;
    return { service, items: [...part.items, ...items], nextCursor };
  });
}
