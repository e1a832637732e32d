import type { OutsideCall, OutsideCalls } from '../handler.js';
import { OutsideCallTimedOut } from '../messaging.errors.js';
import type { Delivery } from './delivery.js';
import type { Runnable } from './handler-waves.js';
import type { RegisteredHandler } from './registered-handler.js';

/** The engine doesn't know what results and transactions a handler uses; it only hands them on. */
export type AnyOutsideCalls = OutsideCalls<unknown, unknown>;

/** A call that a prepare phase asked for: its intent is about to be durable. */
export interface PlannedCall extends Runnable {
  readonly call: OutsideCall<unknown>;
  readonly plan: AnyOutsideCalls;
}

export interface PreparedCall extends PlannedCall {
  readonly delivery: Delivery;
}

/** A call that has ended and is to be concluded, in one transaction with its inbox row. */
export interface CalledPlan extends PlannedCall {
  readonly result: unknown;
}

/** One that a lane has brought. */
export interface Conclusion extends PreparedCall {
  readonly result: unknown;
}

/**
 * What a prepare phase returned, checked: one call per message, in order. `undefined` = an exception filter of the
 * application has dealt with the messages; they are concluded without a call.
 */
export function preparedCalls<Item extends Runnable>(
  handler: RegisteredHandler,
  items: readonly Item[],
  returned: unknown,
): readonly (Item & PlannedCall)[] {
  // A decorated method's return type is checked by the decorator's signature; this repeats it for plain JavaScript.
  const plan = returned === undefined ? nothingToCall(items.length) : (returned as AnyOutsideCalls);
  if (plan.calls?.length !== items.length) {
    throw new TypeError(`${handler.definition.name} must return one outside call per message, in their order`);
  }
  return items.flatMap((item, index) => {
    const call = plan.calls[index];
    // Properties that are added behind a spread take Node.js 20 microseconds.
    return call === undefined ? [] : [Object.assign({}, item, { call, plan })];
  });
}

function nothingToCall(count: number): AnyOutsideCalls {
  return { calls: Array.from({ length: count }, () => async () => undefined), conclude: concludeNothing };
}

async function concludeNothing(): Promise<void> {}

/**
 * Makes the call with a deadline. The call hears of it by its signal; one that ignores that is left to itself.
 * @throws OutsideCallTimedOut, or what the call rejects with.
 */
export async function makeCall(prepared: PlannedCall, timeoutMs: number, draining: AbortSignal): Promise<unknown> {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let abort: (() => void) | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const error = new OutsideCallTimedOut(prepared.handler.definition.name, timeoutMs);
      controller.abort(error);
      reject(error);
    }, timeoutMs);
    abort = () => {
      const reason: unknown = draining.reason;
      controller.abort(reason);
      reject(reason instanceof Error ? reason : new Error('The service is draining'));
    };
    draining.addEventListener('abort', abort);
  });
  try {
    return await Promise.race([prepared.call(controller.signal), deadline]);
  } finally {
    clearTimeout(timer);
    if (abort) draining.removeEventListener('abort', abort);
  }
}

/**
 * What one call can conclude: the conclusions of one prepare phase, and those of several phases of a handler that returned
 * the same function each time (such a function needs nothing of its phase but the results). A call depends on its plan, so
 * a plan whose `conclude` is a method, or is made again for each phase, stands alone.
 */
export function groupByConclude<Called extends CalledPlan>(called: readonly Called[]): readonly (readonly Called[])[] {
  const groups = new Map<unknown, Map<RegisteredHandler, Called[]>>();
  for (const item of called) {
    const by = concluderOf(item.plan);
    const handlers = groups.get(by) ?? new Map<RegisteredHandler, Called[]>();
    groups.set(by, handlers);
    const group = handlers.get(item.handler);
    if (group) group.push(item);
    else handlers.set(item.handler, [item]);
  }
  return [...groups.values()].flatMap((handlers) => [...handlers.values()]);
}

/** An own property may be shared between plans; a method of a class works on the plan it is called on. */
function concluderOf(plan: AnyOutsideCalls): unknown {
  return Object.hasOwn(plan, 'conclude') ? Reflect.get(plan, 'conclude') : plan;
}
