import type { ReceivedMessage } from '../received-message.js';
import type { Delivery } from './delivery.js';
import type { RegisteredHandler } from './registered-handler.js';

/** A delivery whose handler is known. */
export interface Ready {
  readonly delivery: Delivery;
  readonly handler: RegisteredHandler;
  readonly message: ReceivedMessage;
}

/** One call of a handler's method. */
export interface HandlerCall {
  readonly handler: RegisteredHandler;
  readonly ready: readonly Ready[];
}

/**
 * Orders a batch into calls: the n-th messages of all keys make a wave, so a key's order holds across handlers; within a
 * wave messages go in key order, and those of a batch handler go together.
 */
export function handlerCalls(ready: readonly Ready[]): readonly HandlerCall[] {
  const calls: HandlerCall[] = [];
  for (const wave of waves(ready)) {
    const together = new Map<RegisteredHandler, Ready[]>();
    for (const item of wave.sort(byKey)) {
      if (item.handler.definition.kind === 'single') calls.push({ handler: item.handler, ready: [item] });
      else if (together.get(item.handler)?.push(item) === undefined) together.set(item.handler, [item]);
    }
    for (const [handler, items] of together) calls.push({ handler, ready: items });
  }
  return calls;
}

function waves(ready: readonly Ready[]): Ready[][] {
  const result: Ready[][] = [];
  const depth = new Map<string, number>();
  for (const item of ready) {
    const { keyId } = item.delivery;
    const wave = keyId === undefined ? 0 : (depth.get(keyId) ?? 0);
    if (keyId !== undefined) depth.set(keyId, wave + 1);
    (result[wave] ??= []).push(item);
  }
  return result;
}

function byKey(a: Ready, b: Ready): number {
  const [left, right] = [a.delivery.keyId ?? '', b.delivery.keyId ?? ''];
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
