import type { Server } from 'node:http';

import type { Connections } from './connections.js';

/** Most that requests in flight get to end once the server closes. */
const CLOSE_DEADLINE_MS = 10_000;

/**
 * Makes `server.close()`, which Nest calls and waits for, end in bounded time and without cutting off an answer (F61):
 * connections without a request in flight are closed at once; requests in flight are answered, the last one of each
 * connection with `Connection: close`; what is not done at the deadline is cut. Node alone waits for keep-alive clients
 * and for those that connect and say nothing to go away by themselves.
 */
export function closeGracefully(server: Server, connections: Connections, deadlineMs = CLOSE_DEADLINE_MS): void {
  let closing = false;
  const close = server.close.bind(server);
  server.close = (callback) => {
    if (closing) return close(callback);
    closing = true;
    const deadline = setTimeout(() => connections.cut(), deadlineMs);
    close((error) => {
      clearTimeout(deadline);
      callback?.(error);
    });
    return server;
  };
  // Called by Node as it closes. Its own takes a connection whose answer is written and not sent yet for idle, and cuts it.
  server.closeIdleConnections = () => connections.end();
}
