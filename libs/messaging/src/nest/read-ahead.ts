import type { ModuleRef } from '@nestjs/core';

import type { ReadAhead } from '../consumer/registered-handler.js';
import type { HandlerExtras } from './handler-decorators.js';

const readers = new WeakMap<object, Map<string, ReadAhead>>();

/** The method of the handler's controller that `HandlerOptions.reads` names: the same function for all handlers that name it. */
export function readAheadOf(
  { definition, controller }: HandlerExtras['waybill'],
  moduleRef: ModuleRef,
): ReadAhead | undefined {
  const { reads } = definition.options;
  if (reads === undefined) return undefined;
  const instance = moduleRef.get<Readonly<Record<string, ReadAhead>>>(controller, { strict: false });
  const known = readers.get(instance) ?? new Map<string, ReadAhead>();
  readers.set(instance, known);
  const reader: ReadAhead = known.get(reads) ?? (async (messages, tx) => instance[reads]?.(messages, tx));
  known.set(reads, reader);
  return reader;
}

/** Of handlers that name a method to read ahead with which their controller hasn't. */
export function readAheadFaults(handlers: readonly HandlerExtras['waybill'][]): readonly string[] {
  return handlers.flatMap(({ definition: { name, options }, controller }) => {
    const { reads } = options;
    if (reads === undefined || typeof Reflect.get(controller.prototype as object, reads) === 'function') return [];
    return [
      `${name} reads ahead by "${reads}", but ${controller.name} has no such method; add it or leave "reads" out`,
    ];
  });
}
