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
  RequestQueue.prototype.scheduleRequestTimeoutCheck = function checkSeldom(): void {
    if (!this.enforceRequestTimeout) return;
    this.destroy();
    this.requestTimeoutIntervalId = setInterval(() => {
      const now = Date.now();
      for (const request of this.inflight.values()) {
        if (now - request.sentAt > request.requestTimeout) request.timeoutRequest();
      }
      if (!this.isConnected()) this.destroy();
    }, TIMEOUT_CHECK_MS);
  };
}
