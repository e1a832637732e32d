/** Packages whose methods our code corrects (ADR 13). */
const CORRECTED = /^(kafkajs|@nestjs\/microservices)(\/|$)/;

/**
 * Puts the methods of packages back, and removes accessors that were added. Our code is evaluated for every spec file: the
 * corrections of one would be made on top of those of all the spec files before it.
 */
exports.ReplacedMethods = class ReplacedMethods {
  /** Objects that have methods, each with its own, and with the names of all its properties. */
  #methods = new Map();

  /** To be called before anything else gets hold of what the package `name` exports. */
  remember(name, exported) {
    if (!CORRECTED.test(name)) return;
    for (const value of [exported, ...Object.values(exported)]) {
      if (typeof value === 'function' && value.prototype !== undefined) this.#rememberOf(value.prototype);
      if (typeof value === 'object' && value !== null) this.#rememberOf(value);
    }
  }

  putBack() {
    for (const [owner, { methods, names }] of this.#methods) {
      for (const [name, method] of methods) if (owner[name] !== method) owner[name] = method;
      for (const [name, { get }] of Object.entries(Object.getOwnPropertyDescriptors(owner))) {
        if (get !== undefined && !names.has(name)) delete owner[name];
      }
    }
  }

  #rememberOf(owner) {
    if (this.#methods.has(owner)) return;
    const descriptors = Object.entries(Object.getOwnPropertyDescriptors(owner));
    const methods = descriptors
      .filter(([, { value, writable }]) => typeof value === 'function' && writable)
      .map(([name, { value }]) => [name, value]);
    this.#methods.set(owner, { methods, names: new Set(descriptors.map(([name]) => name)) });
  }
};
