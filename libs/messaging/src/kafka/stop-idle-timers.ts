import RequestQueue from 'kafkajs/src/network/requestQueue/index.js';

let patched = false;

/**
 * Works around kafkajs#1751: every connection re-arms a timer with a negative delay even if no request is pending; since
 * Node 24 that means 1 ms, a spin of each idle connection. Without pending requests there is nothing to check.
 */
export function stopIdleTimers(): void {
  if (patched) return;
  patched = true;
  const schedule = RequestQueue.prototype.scheduleCheckPendingRequests;
  RequestQueue.prototype.scheduleCheckPendingRequests = function scheduleIfPending(): void {
    if (this.pending.length > 0) schedule.call(this);
  };
}
