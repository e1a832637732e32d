/**
 * The versions of one event's data, from the oldest to the one that this code writes. Each step takes what the one before it makes, and the
 * last makes today's data: the compiler sees a step that is missing, or that makes something else.
 */
export class EventVersions<Data extends object> {
  private constructor(
    readonly version: number,
    /**
     * Today's data of what was stored under an older version, which the caller has compared with {@link version}. A property, so that the chain
     * fits where its own data is asked for, and nowhere else.
     */
    readonly liftFrom: (version: number, data: unknown) => Data,
  ) {}

  /** What version 1 stored; what stands in the table is taken to be that. */
  static from<First extends object>(): EventVersions<First> {
    return new EventVersions(1, (_, data) => data as First); // written by code that said so
  }

  /** The version after it. @param lift pure: stored events are never rewritten */
  to<Next extends object>(lift: (data: Data) => Next): EventVersions<Next> {
    const next = this.version + 1;
    return new EventVersions(next, (version, data) =>
      version === next ? (data as Next) : lift(this.liftFrom(version, data)),
    );
  }
}
