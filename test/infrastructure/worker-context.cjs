const asyncHooks = require('node:async_hooks');
const { createContext, runInContext } = require('node:vm');

const { installCommonGlobals } = require('jest-util');

const { WorkerModules } = require('./worker-modules.cjs');

/** What all spec files of a worker run in. */
exports.WorkerContext = class WorkerContext {
  context = createContext(Object.create(Object.getPrototypeOf(globalThis)));
  global = runInContext('this', this.context);
  /** For the modules of a spec file: Node visits every storage in use whenever a promise is made, so they mustn't add up. */
  asyncHooks;
  #globals;
  #storages = new Set();
  #modules;
  #compiled = new Map();
  /** Nest's class `Logger`, and its static properties at the start: what it writes to. */
  #logger;

  /** @param bundle the path of the bundled packages */
  constructor(bundle) {
    addNodeGlobals(this.global);
    installCommonGlobals(this.global, {});
    this.#modules = new WorkerModules({ context: this.context, global: this.global, bundle });
    this.require('reflect-metadata', __filename);
    this.require('@jest/expect', __filename);
    this.#globals = new Set(Reflect.ownKeys(this.global));
    const storages = this.#storages;
    this.asyncHooks = {
      ...asyncHooks,
      AsyncLocalStorage: class AsyncLocalStorage extends asyncHooks.AsyncLocalStorage {
        constructor(...options) {
          super(...options);
          storages.add(this);
        }
      },
    };
  }

  /** @returns what `require(name)` gives in the file `from`, for the name of a package */
  require(name, from) {
    const exported = this.#modules.require(name, from);
    if (name === '@nestjs/common') this.#logger ??= [exported.Logger, { ...exported.Logger }];
    return exported;
  }

  /**
   * One context: what has been compiled for a spec file can be evaluated again for the next.
   * @returns the function that `compile` makes of a module's source
   */
  compiled(source, filename, compile) {
    let known = this.#compiled.get(filename);
    if (known?.source !== source) {
      known = { source, evaluate: compile(source, filename) };
      this.#compiled.set(filename, known);
    }
    return known.evaluate;
  }

  /** Removes what a spec file has left behind. */
  restore() {
    // Among them what TypeORM and class-validator keep of the spec file's classes.
    for (const key of Reflect.ownKeys(this.global)) {
      if (!this.#globals.has(key)) Reflect.deleteProperty(this.global, key);
    }
    for (const storage of this.#storages) storage.disable();
    this.#storages.clear();
    this.#modules.restore();
    if (this.#logger !== undefined) Object.assign(...this.#logger);
  }
};

/** Those of Node that a new context lacks, and the classes of what Node itself makes. */
function addNodeGlobals(global) {
  for (const [name, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(globalThis))) {
    if (Object.hasOwn(global, name) || name.startsWith('jest-')) continue; // Jest's own: our spec makes a context in a context
    if (!('value' in descriptor)) {
      // Read late, since Node loads modules for some of them, and from Node's own global object, which they insist on.
      descriptor.get = () => globalThis[name];
      descriptor.set = (value) =>
        Object.defineProperty(global, name, { value, configurable: true, enumerable: true, writable: true });
    }
    Object.defineProperty(global, name, descriptor);
  }
  for (const name of ['asyncDispose', 'dispose']) global.Symbol[name] ??= Symbol[name];
  Object.assign(global, { global, Buffer, ArrayBuffer, Uint8Array });
  global.Error.stackTraceLimit = 100;
}
