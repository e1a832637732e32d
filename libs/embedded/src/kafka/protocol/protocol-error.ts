/** The peer broke the protocol: its connection is closed with one log line, and nothing else suffers. */
export class ProtocolError extends Error {
  readonly code = 'KAFKA_PROTOCOL_VIOLATION';
}
