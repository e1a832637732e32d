import type { Type } from '@nestjs/common';
import { MessagePattern } from '@nestjs/microservices';

import type { MessageContract } from '../contract.js';
import type { HandlerDefinition, HandlerKind, HandlerOptions, OutsideCalls } from '../handler.js';
import { countEntries } from './count-entries.js';
import type { EntryCount } from './count-entries.js';
import { WAYBILL_TRANSPORT } from './messaging-options.js';

/** What the decorators hand to the transport through Nest, as the pattern's extras. */
export interface HandlerExtras {
  readonly waybill: { readonly definition: HandlerDefinition; readonly entries: EntryCount; readonly controller: Type };
}

/** A decorator for methods that return `Result`; Nest passes the arguments, pipes may change their types. */
type HandlerDecorator<Result> = <Method extends (...args: never[]) => Result>(
  target: object,
  key: string,
  descriptor: TypedPropertyDescriptor<Method>,
) => void;

/**
 * Handles messages one at a time: `method(@Payload() data, @Ctx() context)`, in key order, in the batch's transaction.
 * What it writes through `context.tx`, the inbox row and the messages it sends commit together or not at all.
 */
export function MessageHandler<Data>(
  contract: MessageContract<Data>,
  options: HandlerOptions<Data> = {},
): HandlerDecorator<unknown> {
  return decorate('single', contract, options);
}

/**
 * Handles all messages of the type in a batch at once: `method(@Payload() messages, @Ctx() context)`. Of each key it gets
 * at most one per call, in order. For hot paths: one SQL statement for many messages. If it throws, its messages are
 * tried one by one.
 */
export function BatchMessageHandler<Data>(
  contract: MessageContract<Data>,
  options: HandlerOptions<Data> = {},
): HandlerDecorator<unknown> {
  return decorate('batch', contract, options);
}

/**
 * Handles messages that need a call to the outside. The method is the prepare phase: it makes the intents durable in the
 * transaction and returns the calls and how to conclude them. A crash between the phases runs it again: it must find its
 * own intent and continue from there.
 */
export function OutsideCallHandler<Data>(
  contract: MessageContract<Data>,
  options: HandlerOptions<Data> = {},
): HandlerDecorator<Promise<OutsideCalls<unknown, unknown>>> {
  return decorate('outside-call', contract, options);
}

/** By the prototype that declares them: Nest's metadata lies on the methods, and is gone where one is replaced. */
const declared = new WeakMap<object, Map<string, HandlerExtras['waybill']>>();

/** The decorated methods that the prototype itself declares, by name. */
export function handlersDeclaredBy(prototype: object): ReadonlyMap<string, HandlerExtras['waybill']> {
  return declared.get(prototype) ?? new Map<string, HandlerExtras['waybill']>();
}

function decorate<Data>(kind: HandlerKind, contract: MessageContract<Data>, options: HandlerOptions<Data>) {
  return (target: object, key: string, descriptor: PropertyDescriptor): void => {
    const entries = countEntries(descriptor);
    const name = `${target.constructor.name}.${key}`;
    // Handlers of all data types share one list; each is only ever called with what its own contract has parsed.
    const definition = { kind, contract, options, name } as unknown as HandlerDefinition;
    const extras: HandlerExtras = { waybill: { definition, entries, controller: target.constructor as Type } }; // of a class;
    declared.set(target, new Map([...handlersDeclaredBy(target), [key, extras.waybill]]));
    const pattern = `${contract.topic}/${contract.name}`;
    MessagePattern(pattern, WAYBILL_TRANSPORT as never, extras)(target, key, descriptor);
  };
}
