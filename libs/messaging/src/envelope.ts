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
}
