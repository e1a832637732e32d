import type { ReceivedMessage } from '../received-message.js';
import type { Delivery } from './delivery.js';
import type { RegisteredHandler } from './registered-handler.js';

/** A message whose handler is known. */
export interface Runnable {
  readonly handler: RegisteredHandler;
  readonly message: ReceivedMessage;
  /** `undefined` = a sequence of its own. */
  readonly keyId: string | undefined;
}

/** One that a lane has brought. */
export interface Ready extends Runnable {
  readonly delivery: Delivery;
}

/** One call of a handler's method. */
export interface HandlerCall<Item> {
  readonly handler: RegisteredHandler;
  readonly items: readonly Item[];
}

/**
 * Orders a batch into calls: the n-th messages of all keys make a wave, so a key's order holds across handlers; within a
 * wave messages go in key order, and those of a batch handler go together.
 */
export function handlerCalls<Item extends Runnable>(items: readonly Item[]): readonly HandlerCall<Item>[] {
  const calls: HandlerCall<Item>[] = [];
  for (const wave of waves(items)) {
    const together = new Map<RegisteredHandler, Item[]>();
    for (const item of wave.sort(byKey)) {
      if (item.handler.definition.kind === 'single') calls.push({ handler: item.handler, items: [item] });
      else if (together.get(item.handler)?.push(item) === undefined) together.set(item.handler, [item]);
    }
    for (const [handler, ofHandler] of together) calls.push({ handler, items: ofHandler });
  }
  return calls;
}

function waves<Item extends Runnable>(items: readonly Item[]): Item[][] {
  const result: Item[][] = [];
  const depth = new Map<string, number>();
  for (const item of items) {
    const { keyId } = item;
    const wave = keyId === undefined ? 0 : (depth.get(keyId) ?? 0);
    if (keyId !== undefined) depth.set(keyId, wave + 1);
    (result[wave] ??= []).push(item);
  }
  return result;
}

function byKey(a: Runnable, b: Runnable): number {
  const [left, right] = [a.keyId ?? '', b.keyId ?? ''];
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
