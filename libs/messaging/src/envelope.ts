/**
 * CloudEvents 1.0 attributes of a message plus the extensions that Waybill uses. They travel as headers, in binary
 * mode (`ce_id`, `ce_source`, …); the record's value is the data alone.
 */
export interface Envelope {
  /** UUIDv7. Together with `source` it identifies the message for ever; a redelivery or replay keeps it. */
  readonly id: string;
  /** The service that sent it: `/payment`. */
  readonly source: string;
  /** `payment.charged.v1`. */
  readonly type: string;
  /** The aggregate it is about. */
  readonly subject?: string;
  /** ISO 8601, UTC: when the sender decided on it. */
  readonly time: string;
  /** Follows one business process through all services; the first message's own id where nobody set one. */
  readonly correlationId: string;
  /** The id of the message or request that caused this one. */
  readonly causationId?: string;
  /** W3C Trace Context. */
  readonly traceparent?: string;
  /**
   * Of a message that an operator has edited here: the id of the one that was published. What follows from it names that one as its cause.
   * It is no header: the failure store says so, and no sender can.
   */
  readonly replaces?: string;
}

/** The id under which a message was published, whatever an operator has made of it since: its consequences name that as their cause. */
export function publishedId({ id, replaces }: Pick<Envelope, 'id' | 'replaces'>): string {
  return replaces ?? id;
}
