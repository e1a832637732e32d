/** What `scripts/bundle.mjs` lets each class of a bundle call, whose identifier may have become another one. */
export function nameClass(target, name) {
  Object.defineProperty(target, 'name', { value: name, configurable: true });
}
