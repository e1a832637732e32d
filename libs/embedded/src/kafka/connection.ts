import { once } from 'node:events';
import type { Socket } from 'node:net';

import type { Broker } from './broker.js';
import { FrameSplitter } from './frame-splitter.js';
import { HANDLERS } from './handlers/all-handlers.js';
import { refuseApiVersions } from './handlers/api-versions.js';
import { DROP_CONNECTION, NO_ANSWER, type WithoutAnswer } from './handlers/request-handler.js';
import { readRequestHeader } from './protocol/api.js';
import { apiVersionsApi } from './protocol/messages/api-versions.js';
import { ProtocolError } from './protocol/protocol-error.js';
import { Reader } from './protocol/reader.js';

/** Above these, a connection's next bytes wait in the kernel, or its next request for the client to read. */
const MAX_QUEUED_BYTES = 8 * 1024 * 1024;
const MAX_QUEUED_REQUESTS = 500;
const MAX_UNSENT_BYTES = 4 * 1024 * 1024;

type Answer = readonly Buffer[] | WithoutAnswer;

/**
 * One client. Its requests are carried out one after the other and answered in their order, as the protocol demands.
 * Whatever is wrong with what it sends costs it the connection and one log line; nobody else notices.
 */
export class Connection {
  readonly #closed = new AbortController();
  readonly #splitter = new FrameSplitter();
  readonly #clientHost: string;
  readonly #client: string;
  #queue: Buffer[] = [];
  #queuedBytes = 0;
  #isRunning = false;
  #isCorked = false;
  #lateFrame: NodeJS.Timeout | undefined;

  /** @param frameTimeoutMs how long a request may take to arrive whole once it has begun */
  constructor(
    private readonly socket: Socket,
    private readonly broker: Broker,
    private readonly frameTimeoutMs: number,
  ) {
    this.#clientHost = socket.remoteAddress ?? '';
    this.#client = `${this.#clientHost}:${socket.remotePort ?? ''}`;
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    socket.on('error', () => socket.destroy()); // A reset by the peer is its own affair.
    const stopDropping = broker.faults.onDropConnections(() => socket.destroy());
    socket.on('close', () => {
      stopDropping();
      clearTimeout(this.#lateFrame);
      this.#queue = [];
      this.#closed.abort();
    });
  }

  #receive(chunk: Buffer): void {
    try {
      const frames = this.#splitter.push(chunk);
      for (const frame of frames) {
        this.#queue.push(frame);
        this.#queuedBytes += frame.length;
      }
      if (frames.length > 0) this.#stopWaiting();
    } catch (error) {
      this.#closeBecauseOf(error);
      return;
    }
    if (this.#queuedBytes > MAX_QUEUED_BYTES || this.#queue.length > MAX_QUEUED_REQUESTS) this.socket.pause();
    this.#waitForTheRest();
    if (!this.#isRunning) void this.#run();
  }

  /** Not while we are the ones who don't read. */
  #waitForTheRest(): void {
    if (this.socket.isPaused()) this.#stopWaiting();
    else if (this.#splitter.isWaiting) {
      this.#lateFrame ??= setTimeout(() => {
        this.#closeBecauseOf(new ProtocolError(`half a request arrived within ${this.frameTimeoutMs} ms`));
      }, this.frameTimeoutMs).unref();
    }
  }

  #stopWaiting(): void {
    clearTimeout(this.#lateFrame);
    this.#lateFrame = undefined;
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    try {
      for (let frame = this.#queue.shift(); frame !== undefined; frame = this.#queue.shift()) {
        while (this.broker.faults.silence !== undefined) await this.broker.faults.silence;
        if (this.#closed.signal.aborted) return;
        const answering = this.#answer(frame);
        // Only what must wait costs a turn: most requests are carried out within the event that brought them.
        this.#send(answering instanceof Promise ? await answering : answering);
        this.#queuedBytes -= frame.length;
        if (this.socket.isPaused() && this.#queuedBytes < MAX_QUEUED_BYTES / 2) {
          this.socket.resume();
          this.#waitForTheRest();
        }
        if (this.socket.writableLength > MAX_UNSENT_BYTES) await this.#drained();
      }
    } catch (error) {
      this.#closeBecauseOf(error);
    } finally {
      this.#isRunning = false;
    }
  }

  #answer(frame: Buffer): Promise<Answer> | Answer {
    const body = new Reader(frame);
    const { apiKey, apiVersion, correlationId, clientId } = readRequestHeader(body);
    const handler = HANDLERS.get(apiKey);
    if (handler === undefined) throw new ProtocolError(`there is no API ${apiKey} here (version ${apiVersion})`);
    const { name, minVersion, maxVersion } = handler.api;
    if (apiVersion < minVersion || apiVersion > maxVersion) {
      if (apiKey === apiVersionsApi.key) return refuseApiVersions(HANDLERS.values(), correlationId);
      throw new ProtocolError(`${name} has no version ${apiVersion} here, only ${minVersion} to ${maxVersion}`);
    }
    const { broker } = this;
    broker.requests.count(clientId, name);
    const context = { broker, apiVersion, clientId, clientHost: this.#clientHost, closed: this.#closed.signal };
    return handler.answer(body, correlationId, context);
  }

  #send(answer: Answer): void {
    if (answer === NO_ANSWER || this.socket.destroyed) return;
    if (answer === DROP_CONNECTION) {
      this.socket.destroy();
      return;
    }
    if (!this.#isCorked) {
      // All answers of this turn, and all parts of each, leave in one system call.
      this.#isCorked = true;
      this.socket.cork();
      process.nextTick(() => {
        this.#isCorked = false;
        this.socket.uncork();
      });
    }
    for (const part of answer) this.socket.write(part);
  }

  async #drained(): Promise<void> {
    if (this.#closed.signal.aborted) return;
    await once(this.socket, 'drain', { signal: this.#closed.signal }).catch(() => {}); // Closed: there is nothing to drain.
  }

  #closeBecauseOf(error: unknown): void {
    const reason = error instanceof ProtocolError ? error.message : `internal error: ${String(error)}`;
    if (!this.socket.destroyed) this.broker.report(`Closed the connection of ${this.#client}: ${reason}`);
    this.socket.destroy();
  }
}
