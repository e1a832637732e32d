import { ModulesContainer } from '@nestjs/core';
import type { ModuleRef } from '@nestjs/core';

import type { HandlerDefinition } from '../handler.js';
import { handlersDeclaredBy } from './handler-decorators.js';

/**
 * Nest registers the handlers of controllers alone, and says nothing of others: their events would be passed over as those that
 * nobody handles. So every class of the application's modules is looked at; one whose handlers are registered by another class
 * (a provider that extends a controller) is fine.
 */
export function misplacedHandlers(moduleRef: ModuleRef, registered: ReadonlySet<HandlerDefinition>): readonly string[] {
  const modules = [...moduleRef.get(ModulesContainer, { strict: false }).values()];
  const controllers = new Set(modules.flatMap((module) => [...module.controllers.values()].map(prototypeOf)));
  const others = modules.flatMap((module) =>
    [...module.providers.values(), ...module.injectables.values()].map(prototypeOf),
  );
  return [...new Set([...controllers, ...others])].flatMap((prototype) =>
    handlersOf(prototype)
      .filter(([, definition]) => !registered.has(definition))
      .map(([key, { contract }]) => {
        const of = prototype?.constructor.name;
        return controllers.has(prototype)
          ? `${of}.${key} is declared as the handler of ${contract.type}, but was replaced: decorate the method that overrides it, ` +
              'and put the decorator of the handler above those that replace the method'
          : `${of}.${key} handles ${contract.type}, but ${of} is a provider: Nest registers handlers of controllers only; ` +
              'make it a @Controller() and move it to the controllers of its module';
      }),
  );
}

interface Wrapper {
  readonly instance: unknown;
  readonly metatype: unknown;
}

/** Of what a factory made, too; `undefined` of what isn't made yet or has none. */
function prototypeOf({ instance, metatype }: Wrapper): object | undefined {
  const prototype: unknown =
    typeof instance === 'object' && instance !== null
      ? Object.getPrototypeOf(instance)
      : typeof metatype === 'function'
        ? metatype.prototype
        : undefined;
  return typeof prototype === 'object' && prototype !== null ? prototype : undefined;
}

/** Inherited ones, too; one that is decorated again stands for those above. */
function handlersOf(prototype: object | undefined): readonly (readonly [string, HandlerDefinition])[] {
  const handlers = new Map<string, HandlerDefinition>();
  for (let at: unknown = prototype; typeof at === 'object' && at !== null; at = Object.getPrototypeOf(at)) {
    for (const [key, { definition }] of handlersDeclaredBy(at)) {
      if (!handlers.has(key)) handlers.set(key, definition);
    }
  }
  return [...handlers];
}
