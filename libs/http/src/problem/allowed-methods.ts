interface RouteLayer {
  readonly route?: { readonly methods: Readonly<Record<string, boolean>> };
  match(path: string): boolean;
}

/**
 * The methods that a path has routes for, in upper case. Asks Express' router, whose stack is not public: `[]` where it
 * isn't as expected, and the answer stays 404.
 */
export function allowedMethods(expressApp: unknown, path: string): readonly string[] {
  const { router } = (expressApp ?? {}) as { router?: { stack?: unknown } }; // Express 5's application
  if (!Array.isArray(router?.stack)) return [];
  const methods = new Set<string>();
  for (const layer of router.stack as RouteLayer[]) {
    if (!layer.route || typeof layer.match !== 'function' || !layer.match(path)) continue;
    for (const method of Object.keys(layer.route.methods)) methods.add(method.toUpperCase());
  }
  if (methods.has('GET')) methods.add('HEAD');
  return [...methods].sort();
}
