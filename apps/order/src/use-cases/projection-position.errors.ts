/** What a client has seen isn't in a list yet, and the time it would wait is over. */
export class ProjectionBehindError extends Error {
  readonly code = 'PROJECTION_BEHIND';

  constructor() {
    super(
      'The list does not show yet what Waybill-Position names; ask again, or leave the header out to see it as it is',
    );
  }
}

/** What a client has seen isn't among the events: the database was restored to an earlier time, or it is another one's. */
export class PositionUnknownError extends Error {
  readonly code = 'POSITION_UNKNOWN';

  constructor() {
    super('Nothing that Waybill-Position names has happened here; was the service restored? Leave the header out');
  }
}
