import type { Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

import { newId } from '@waybill/observability';

import { ProblemError } from '../problem/problem.errors.js';
import { PROBLEM_CONTENT_TYPE } from '../problem/problem.js';
import { SECURITY_HEADERS } from '../request/security-headers.js';

/**
 * Answers what Node's HTTP parser refuses, and Express never sees, in the same format as everything else: once the answers
 * to earlier requests on the connection are out, and unless an answer to this very request has begun.
 */
export function answerClientErrors(server: Server): void {
  const latest = new WeakMap<Duplex, ServerResponse>();
  server.prependListener('request', ({ socket }, response) => latest.set(socket, response));

  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    const response = latest.get(socket);
    const problem = problemOf(error.code);
    if (error.code === 'ECONNRESET' || !socket.writable) socket.destroy();
    else if (response === undefined || response.writableFinished) end(socket, problem, newId());
    else if (response.req.complete) response.once('finish', () => end(socket, problem, newId())); // it is a later one's
    else if (response.headersSent) socket.destroy(); // half an answer must not look like a whole one
    else end(socket, problem, String(response.getHeader('X-Correlation-Id') ?? newId()));
  });

  // Nobody asks a service for a tunnel; without a listener Node closes the connection without a word.
  server.on('connect', (_request, socket) => {
    socket.on('timeout', () => socket.destroy()); // Node's own listener has gone
    end(socket, new ProblemError(405, 'METHOD_NOT_ALLOWED', 'The resource does not support this method.'), newId());
  });
}

function end(socket: Duplex, { problem }: ProblemError, correlationId: string): void {
  const body = JSON.stringify(problem);
  const headers = {
    ...SECURITY_HEADERS,
    Date: new Date().toUTCString(),
    'Content-Type': PROBLEM_CONTENT_TYPE,
    'Content-Length': Buffer.byteLength(body),
    'X-Correlation-Id': correlationId,
    Connection: 'close',
  };
  const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${problem.status} ${problem.title}\r\n${head.join('')}\r\n${body}`);
}

function problemOf(code: string | undefined): ProblemError {
  if (code === 'HPE_HEADER_OVERFLOW') {
    return new ProblemError(431, 'HEADERS_TOO_LARGE', 'The URL and the headers are larger than this service accepts.');
  }
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return new ProblemError(408, 'REQUEST_TIMEOUT', 'The request took too long to arrive.');
  }
  if (code === 'HPE_CHUNK_EXTENSIONS_OVERFLOW') {
    return new ProblemError(413, 'BODY_TOO_LARGE', 'The chunk extensions are larger than this service accepts.');
  }
  return new ProblemError(400, 'MALFORMED_REQUEST', 'The request is not valid HTTP.');
}
