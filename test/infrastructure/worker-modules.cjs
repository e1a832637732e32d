const { readFileSync } = require('node:fs');
const nodeModule = require('node:module');
const { dirname, extname } = require('node:path');
const { fileURLToPath } = require('node:url');
const { compileFunction } = require('node:vm');

const { BUNDLED } = require('./packages.cjs');
const { ReplacedMethods } = require('./replaced-methods.cjs');

const { createRequire, isBuiltin } = nodeModule;
const PARAMETERS = ['module', 'exports', 'require', '__dirname', '__filename'];
const bundled = new Set(BUNDLED);

/** Packages, evaluated once for all spec files of a worker, in the context that these share. As Node loads CommonJS. */
exports.WorkerModules = class WorkerModules {
  #context;
  #global;
  #bundle;
  #packages = new Map();
  #modules = new Map();
  #methods = new ReplacedMethods();

  constructor({ context, global, bundle }) {
    this.#context = context;
    this.#global = global;
    this.#bundle = bundle;
  }

  /** @returns what `require(name)` gives in the file `from` */
  require(name, from) {
    if (bundled.has(name)) return this.#package(name);
    if (isBuiltin(name)) return this.#builtin(name);
    return this.#load(createRequire(from).resolve(name));
  }

  /** Puts the methods back that a spec file, or the code under test, has replaced. */
  restore() {
    this.#methods.putBack();
  }

  #package(name) {
    let exported = this.#packages.get(name);
    if (exported !== undefined) return exported;
    exported = this.#load(this.#bundle)[name]();
    this.#packages.set(name, exported);
    this.#methods.remember(name, exported);
    return exported;
  }

  #builtin(name) {
    if (/^(node:)?process$/.test(name)) return this.#global.process;
    if (/^(node:)?module$/.test(name))
      return Object.assign(Object.create(nodeModule), { createRequire: (from) => this.#requireOf(`${from}`) });
    return require(name);
  }

  #load(path) {
    const known = this.#modules.get(path);
    if (known !== undefined) return known.exports;
    const module = { exports: {}, id: path, filename: path, path: dirname(path) };
    this.#modules.set(path, module);
    try {
      this.#evaluate(module);
    } catch (error) {
      this.#modules.delete(path);
      throw error;
    }
    return module.exports;
  }

  #evaluate(module) {
    const { filename, path } = module;
    if (extname(filename) === '.node') {
      process.dlopen(module, filename);
      return;
    }
    const source = readFileSync(filename, 'utf8');
    if (extname(filename) === '.json') {
      module.exports = this.#global.JSON.parse(source);
      return;
    }
    const run = compileFunction(source, PARAMETERS, { filename, parsingContext: this.#context });
    run.call(module.exports, module, module.exports, this.#requireOf(filename), path, filename);
  }

  #requireOf(from) {
    const file = from.startsWith('file:') ? fileURLToPath(from) : from;
    return Object.assign((name) => this.require(name, file), { resolve: createRequire(file).resolve, cache: {} });
  }
};
