import { createServer } from 'node:http';

import { ExpressAdapter } from '@nestjs/platform-express';

export interface HttpLimits {
  /** How long a request may take to arrive, head and body together, in milliseconds. @default 30000 */
  readonly requestTimeoutMs?: number;
  /** Connections beyond these are closed at once. @default 2000 */
  readonly maxConnections?: number;
  /**
   * A connection on which nothing moves for so long, in milliseconds, is cut, at the latest after twice that. Longer than
   * any answer takes to begin, and than the pauses of one that is streamed. @default 120000
   */
  readonly inactivityTimeoutMs?: number;
}

/** Longer than the idle time of usual clients and load balancers: else they send into a connection that just closed. */
const KEEP_ALIVE_MS = 65_000;

/**
 * Express on a server that no client holds up: a request that doesn't arrive in time is answered 408, a connection on
 * which nothing moves is cut, connections have a cap. Node looks for late requests twice a minute unless it is told
 * otherwise, and only when the server is created.
 */
export class HttpAdapter extends ExpressAdapter {
  constructor(private readonly limits: HttpLimits = {}) {
    super();
  }

  override initHttpServer(): void {
    const { requestTimeoutMs = 30_000, maxConnections = 2000, inactivityTimeoutMs = 120_000 } = this.limits;
    this.httpServer = createServer(
      {
        requestTimeout: requestTimeoutMs,
        headersTimeout: requestTimeoutMs,
        connectionsCheckingInterval: Math.max(50, Math.round(requestTimeoutMs / 30)),
        keepAliveTimeout: KEEP_ALIVE_MS,
        requireHostHeader: false, // configureHttp does; Node's own answer has no body
      },
      this.getInstance(),
    );
    this.httpServer.maxConnections = maxConnections;
    this.httpServer.timeout = inactivityTimeoutMs;
  }
}
