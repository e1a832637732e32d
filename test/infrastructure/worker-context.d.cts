/** What all spec files of a worker run in. */
export class WorkerContext {
  /** @param bundle the path of the bundled packages */
  constructor(bundle: string);

  readonly global: Record<string, unknown>;
  readonly asyncHooks: typeof import('node:async_hooks');

  /** @returns what `require(name)` gives in the file `from`, for the name of a package */
  require(name: string, from: string): unknown;

  /** Removes what a spec file has left behind. */
  restore(): void;
}
