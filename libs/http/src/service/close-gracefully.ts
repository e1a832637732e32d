import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Most that requests in flight get to end once the server closes. */
const CLOSE_DEADLINE_MS = 10_000;

/**
 * Makes `server.close()`, which Nest calls and waits for, end in bounded time and without cutting off an answer (F61):
 * connections without a request in flight are closed at once; a request in flight is answered with `Connection: close`;
 * what is not done at the deadline is cut. Node alone waits for keep-alive clients and for those that connect and say
 * nothing to go away by themselves.
 */
export function closeGracefully(server: Server, deadlineMs = CLOSE_DEADLINE_MS): void {
  const sockets = new Set<Socket>();
  const inFlight = new Set<ServerResponse>();
  let closing = false;

  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });

  server.prependListener('request', ({ socket }, response) => {
    inFlight.add(response);
    if (closing) lastOnItsConnection(response);
    response.once('close', () => {
      inFlight.delete(response);
      if (closing) socket.end();
    });
  });

  const close = server.close.bind(server);
  server.close = (callback) => {
    if (closing) return close(callback);
    closing = true;
    const deadline = setTimeout(() => server.closeAllConnections(), deadlineMs);
    close((error) => {
      clearTimeout(deadline);
      callback?.(error);
    });
    for (const response of inFlight) lastOnItsConnection(response);
    const busy = new Set([...inFlight].map(({ socket }) => socket));
    for (const socket of sockets) if (!busy.has(socket)) socket.destroy();
    return server;
  };
}

/** A streamed answer has told its client to keep the connection; that ends with the answer all the same. */
function lastOnItsConnection(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('Connection', 'close');
}
