import type { ReplayReport } from '../bodies.js';

export interface BulkPlan {
  /** Tried first, alone; if one of them fails, nothing else is tried. 0: none. */
  readonly canary: number;
  /** Letters a second, at most. */
  readonly rate: number;
  /** More failures than this end it. */
  readonly mostFailures: number;
}

export interface BulkProgress {
  readonly replayed: number;
  readonly skipped: number;
  readonly failed: number;
  readonly pending: number;
  readonly remaining: number | undefined;
  readonly failures: ReplayReport['failures'];
  readonly state: 'canary' | 'running' | 'done' | 'canary failed' | 'too many failures' | 'stopped';
}

export interface BulkPorts {
  /** Takes at most so many letters of the run, and waits for what becomes of them. */
  take(limit: number): Promise<ReplayReport>;
  pause(ms: number): Promise<void>;
  nowMs(): number;
  told(progress: BulkProgress): void;
}

const SHOWN_FAILURES = 100;

/** Replays page by page, each letter once: first the canary, then the rest, no faster than said, until too many fail. */
export async function replayInBulk(plan: BulkPlan, ports: BulkPorts, signal: AbortSignal): Promise<BulkProgress> {
  let progress: BulkProgress = {
    replayed: 0,
    skipped: 0,
    failed: 0,
    pending: 0,
    remaining: undefined,
    failures: [],
    state: plan.canary > 0 ? 'canary' : 'running',
  };
  const tell = (more: Partial<BulkProgress>): BulkProgress => {
    progress = { ...progress, ...more };
    ports.told(progress);
    return progress;
  };
  for (;;) {
    if (signal.aborted) return tell({ state: 'stopped' });
    const isCanary = progress.state === 'canary';
    const began = ports.nowMs();
    const report = await ports.take(isCanary ? plan.canary : Math.max(1, plan.rate));
    tell({
      replayed: progress.replayed + report.replayed,
      skipped: progress.skipped + report.skipped,
      failed: progress.failed + report.failed,
      pending: progress.pending + report.pending,
      remaining: report.remaining,
      failures: [...progress.failures, ...report.failures].slice(0, SHOWN_FAILURES),
    });
    if (isCanary && (report.failed > 0 || report.pending > 0)) return tell({ state: 'canary failed' });
    if (progress.failed > plan.mostFailures) return tell({ state: 'too many failures' });
    if (report.taken === 0) return tell({ state: 'done' });
    tell({ state: 'running' });
    const left = 1_000 - (ports.nowMs() - began);
    if (!isCanary && left > 0 && report.remaining > 0) await ports.pause(left);
  }
}
