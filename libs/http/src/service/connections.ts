import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

import type { NextFunction, Request, Response } from 'express';

/** Browsers and proxies wait for an answer before they send the next request; who pipelines sends a few ahead. */
const MOST_UNANSWERED = 16;

/**
 * The open connections of a server, and what it still owes each client. Once a connection ends, each of its responses is
 * closed: Node closes only the one whose turn it is, so what waits on behalf of a later one would wait for ever. A
 * connection with more than 16 unanswered requests is cut, and `dropCut` keeps the rest of them from the application.
 */
export class Connections {
  /** The responses to each connection's requests, in the order in which they are sent. */
  readonly #unanswered = new Map<Socket, Set<ServerResponse>>();
  #ending = false;

  constructor(server: Server) {
    server.on('connection', (socket) => this.#open(socket));
    server.prependListener('request', ({ socket }, response) => this.#expect(response, socket));
  }

  /** Ends the connections on which nothing is unanswered at once, the others after their last answer, which says so. */
  end(): void {
    this.#ending = true;
    for (const [socket, unanswered] of this.#unanswered) {
      if (unanswered.size === 0) socket.destroy();
      else announceEnd(unanswered);
    }
  }

  /** Ends all of them, whatever is unanswered. */
  cut(): void {
    for (const socket of this.#unanswered.keys()) socket.destroy();
  }

  #open(socket: Socket): void {
    const unanswered = new Set<ServerResponse>();
    this.#unanswered.set(socket, unanswered);
    socket.once('close', () => {
      this.#unanswered.delete(socket);
      process.nextTick(() => {
        for (const response of unanswered) response.destroy().emit('close'); // those that Node hasn't closed by now
      });
    });
  }

  #expect(response: ServerResponse, socket: Socket): void {
    const unanswered = this.#unanswered.get(socket);
    if (!unanswered) return; // it has closed
    unanswered.add(response);
    response.once('close', () => {
      unanswered.delete(response);
      if (this.#ending && unanswered.size === 0) socket.end();
    });
    if (unanswered.size > MOST_UNANSWERED) socket.destroy();
    else if (this.#ending) announceEnd(unanswered);
  }
}

/** Only the last answer may say that the connection ends: those behind it would be cut. A head that is out can't say it any more. */
function announceEnd(unanswered: ReadonlySet<ServerResponse>): void {
  const last = [...unanswered].at(-1);
  for (const response of unanswered) {
    if (!response.headersSent) response.setHeader('Connection', response === last ? 'close' : 'keep-alive');
  }
}

/** Middleware: what had arrived with the request for which its connection was cut isn't handled. */
export function dropCut({ socket }: Request, _response: Response, next: NextFunction): void {
  if (!socket.destroyed) next();
}
