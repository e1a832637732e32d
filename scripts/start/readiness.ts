import { setTimeout as sleep } from 'node:timers/promises';

import type { App } from './apps.js';

const POLL_MS = 100;
const PROBE_TIMEOUT_MS = 2000;

export interface ReadinessReport {
  /** Called once for each app. */
  ready(app: App): void;
  /** Called every so often for an app that keeps us waiting, with what it last answered. */
  waiting(app: App, answer: string): void;
}

/** Resolves when every app has answered `GET /health/ready` with 200; as long as they are restarted, it keeps asking. */
export async function untilReady(
  apps: readonly App[],
  report: ReadinessReport,
  signal: AbortSignal,
  reportEveryMs = 15_000,
): Promise<void> {
  await Promise.all(
    apps.map(async (app) => {
      let reportAt = Date.now() + reportEveryMs;
      for (;;) {
        signal.throwIfAborted();
        const answer = await probe(app.port);
        if (answer === 'ready') {
          report.ready(app);
          return;
        }
        if (Date.now() >= reportAt) {
          report.waiting(app, answer);
          reportAt += reportEveryMs;
        }
        await sleep(POLL_MS, undefined, { signal });
      }
    }),
  );
}

async function probe(port: number): Promise<string> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/health/ready`, {
      signal: AbortSignal.timeout(PROBE_TIMEOUT_MS),
    });
    const body = await response.text();
    return response.status === 200 ? 'ready' : `${response.status} ${body.slice(0, 300)}`;
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    return cause instanceof Error ? cause.message : String(cause);
  }
}
