import type { Server, ServerResponse } from 'node:http';

/** Most that requests in flight get to end once the server closes. */
const CLOSE_DEADLINE_MS = 10_000;

/**
 * Makes `server.close()`, which Nest calls and waits for, end in bounded time and without cutting off an answer (F61):
 * idle keep-alive connections are closed at once; a request in flight is answered with `Connection: close`; what is not
 * done at the deadline is cut. Node alone waits for a keep-alive client to go away by itself.
 */
export function closeGracefully(server: Server, deadlineMs = CLOSE_DEADLINE_MS): void {
  const inFlight = new Set<ServerResponse>();
  let closing = false;

  server.prependListener('request', (_request, response) => {
    inFlight.add(response);
    if (closing) lastOnItsConnection(response);
    response.once('close', () => {
      inFlight.delete(response);
      if (closing) setImmediate(() => server.closeIdleConnections());
    });
  });

  const close = server.close.bind(server);
  server.close = (callback) => {
    if (closing) return close(callback);
    closing = true;
    const deadline = setTimeout(() => server.closeAllConnections(), deadlineMs);
    for (const response of inFlight) lastOnItsConnection(response);
    close((error) => {
      clearTimeout(deadline);
      callback?.(error);
    });
    server.closeIdleConnections();
    return server;
  };
}

function lastOnItsConnection(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('Connection', 'close');
  // A streamed answer has told the client to keep the connection; it ends with the answer all the same.
  else response.once('finish', () => response.socket?.end());
}
