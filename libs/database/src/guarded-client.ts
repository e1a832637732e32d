import { Client } from 'pg';
import type { ClientConfig } from 'pg';

/**
 * A connection whose loss never ends the process. pg emits 'error' on a client that loses its connection, and Node ends a
 * process in which nobody listens. A pool listens only while a client is idle, and TypeORM only from a moment after it was
 * handed over: a server that closes a connection in the packet that opens it would hit the gap (F58). Nothing is
 * swallowed: whoever uses the client next gets the error.
 */
export class GuardedClient extends Client {
  constructor(config?: string | ClientConfig) {
    super(config);
    this.on('error', () => {});
  }
}
