import RequestQueue from 'kafkajs/src/network/requestQueue/index.js';

/** How late a request without an answer may be noticed. kafkajs looks ten times a second, on each connection. */
const TIMEOUT_CHECK_MS = 1_000;

let patched = false;

/**
 * Keeps idle connections of kafkajs idle. Its issue 1751: every connection re-arms a timer with a negative delay even if no
 * request is pending; since Node 24 that means 1 ms, a spin. Without pending requests there is nothing to check. And it looks
 * for requests that timed out more often than a time-out of seconds needs.
 */
export function stopIdleTimers(): void {
  if (patched) return;
  patched = true;
  const schedule = RequestQueue.prototype.scheduleCheckPendingRequests;
  RequestQueue.prototype.scheduleCheckPendingRequests = function scheduleIfPending(): void {
    if (this.pending.length > 0) schedule.call(this);
  };
  RequestQueue.prototype.scheduleRequestTimeoutCheck = function checkWithAll(): void {
    if (this.enforceRequestTimeout) checks.add(this);
  };
  const { destroy } = RequestQueue.prototype;
  RequestQueue.prototype.destroy = function destroyAndForget(): void {
    checks.delete(this);
    destroy.call(this);
  };
}

/** One timer for all connections, while there are any. */
class TimeoutChecks {
  readonly #queues = new Set<RequestQueue>();
  #timer: NodeJS.Timeout | undefined;

  add(queue: RequestQueue): void {
    this.#queues.add(queue);
    this.#timer ??= setInterval(() => this.#check(), TIMEOUT_CHECK_MS);
  }

  delete(queue: RequestQueue): void {
    this.#queues.delete(queue);
    if (this.#queues.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #check(): void {
    const now = Date.now();
    for (const queue of this.#queues) {
      for (const request of queue.inflight.values()) {
        if (now - request.sentAt > request.requestTimeout) request.timeoutRequest();
      }
      if (!queue.isConnected()) queue.destroy();
    }
  }
}

const checks = new TimeoutChecks();
