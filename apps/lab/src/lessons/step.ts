/** The same input and the same fault, twice: for a service as one writes it at first, and for one with Waybill's libraries. */
export type Side = 'naive' | 'waybill';

/** How it stands with a message: by shape and colour in the picture, by its text for everybody. */
export type Mark = 'ok' | 'waiting' | 'fault' | 'lost' | 'again' | 'undone';

/** Something that happened to a message, or (without one) to the service. */
export interface LessonStep {
  /** Milliseconds since the run began. */
  readonly at: number;
  readonly side: Side;
  readonly token?: string;
  /** One of the lesson's stations: where the message is from now on. */
  readonly station: string;
  readonly mark: Mark;
  readonly text: string;
}
