/** No projection of this name is known to this process. */
export class UnknownProjectionError extends Error {
  readonly code = 'PROJECTION_NOT_FOUND';

  constructor(name: string, known: readonly string[]) {
    super(`There is no projection ${name}; there are ${known.join(', ')}`);
  }
}

/** The projection can't be rebuilt as things are; the message says why. Nothing was changed. */
export class RebuildRefusedError extends Error {
  readonly code = 'REBUILD_REFUSED';
}
