/** Somebody else appended to the stream first. Load it again and decide again; the transaction can't commit any more. */
export class ConcurrencyError extends Error {
  readonly code = 'STREAM_CHANGED';

  constructor(
    readonly streams: readonly string[],
    cause?: unknown,
  ) {
    super(
      `The expected version is not the stored one (${streams.join(', ')}); load again and decide again`,
      cause === undefined ? undefined : { cause },
    );
  }
}

/** A stored event is of a type or version that this code can't read: it was written by newer code, or an upcaster is missing. */
export class UnreadableEventError extends Error {
  readonly code = 'UNREADABLE_EVENT';

  constructor(
    readonly streamId: string,
    readonly version: number,
    reason: string,
  ) {
    super(`Event ${version} of stream ${streamId} can't be read: ${reason}`);
  }
}
