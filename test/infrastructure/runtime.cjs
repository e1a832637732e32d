const { isBuiltin } = require('node:module');

const { default: JestRuntime } = require('jest-runtime');

const PACKAGE = /^(?!@waybill\/)[@\w]/;
const isPackage = (name) => name !== undefined && PACKAGE.test(name) && !isBuiltin(name);

/** Takes packages, and the modules of Jest itself, from those that the spec files of a worker share. */
module.exports = class Runtime extends JestRuntime {
  #worker;

  constructor(config, environment, ...more) {
    super(config, environment, ...more);
    this.#worker = environment.worker;
    const { executor } = this;
    const compile = executor.compile.bind(executor);
    executor.compile = (source, filename) => this.#worker.compiled(source, filename, compile);
  }

  requireModule(from, name, ...more) {
    if (isPackage(name)) return this.#worker.require(name, from);
    if (name === 'async_hooks' || name === 'node:async_hooks') return this.#worker.asyncHooks;
    return super.requireModule(from, name, ...more);
  }

  requireInternalModule(from, name) {
    return isPackage(name) ? this.#worker.require(name, from) : super.requireInternalModule(from, name);
  }
};
