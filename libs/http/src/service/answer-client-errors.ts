import type { Server } from 'node:http';
import type { Socket } from 'node:net';

import { ProblemError } from '../problem/problem.errors.js';
import { PROBLEM_CONTENT_TYPE } from '../problem/problem.js';

/** Answers what Node's HTTP parser refuses, and Express never sees, in the same format as everything else. */
export function answerClientErrors(server: Server): void {
  server.on('clientError', (error: NodeJS.ErrnoException, stream) => {
    const socket = stream as Socket; // an HTTP server's streams are sockets
    if (error.code === 'ECONNRESET' || !socket.writable || socket.bytesWritten > 0) {
      socket.destroy();
      return;
    }
    const { problem } = problemOf(error.code);
    const body = JSON.stringify(problem);
    socket.end(
      `HTTP/1.1 ${problem.status} ${problem.title}\r\nContent-Type: ${PROBLEM_CONTENT_TYPE}\r\n` +
        `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
    );
  });
}

function problemOf(code: string | undefined): ProblemError {
  if (code === 'HPE_HEADER_OVERFLOW') {
    return new ProblemError(431, 'HEADERS_TOO_LARGE', 'The URL and the headers are larger than this service accepts.');
  }
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return new ProblemError(408, 'REQUEST_TIMEOUT', 'The request took too long to arrive.');
  }
  return new ProblemError(400, 'MALFORMED_REQUEST', 'The request is no valid HTTP.');
}
