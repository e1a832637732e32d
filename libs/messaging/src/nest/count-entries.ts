import 'reflect-metadata';

/** How often a handler's method has been entered. */
export interface EntryCount {
  value: number;
}

/**
 * Wraps the method so that its entries are counted: if an invocation fails and the count hasn't moved, then a guard, a
 * pipe or an interceptor stopped it. (If another invocation moved it meanwhile, the failure counts as the handler's and
 * is retried: the safe side.) Metadata that decorators below have put on the method moves along.
 */
export function countEntries(descriptor: PropertyDescriptor): EntryCount {
  const entries: EntryCount = { value: 0 };
  const method = descriptor.value as (...args: unknown[]) => unknown; // a method decorator's descriptor holds the method
  function counted(this: unknown, ...args: unknown[]): unknown {
    entries.value += 1;
    return method.apply(this, args);
  }
  Object.defineProperty(counted, 'name', { value: method.name });
  Object.defineProperty(counted, 'length', { value: method.length });
  for (const key of Reflect.getOwnMetadataKeys(method) as readonly unknown[]) {
    Reflect.defineMetadata(key, Reflect.getOwnMetadata(key, method), counted);
  }
  descriptor.value = counted;
  return entries;
}
