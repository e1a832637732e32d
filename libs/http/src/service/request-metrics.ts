import type { Metrics } from '@waybill/observability';
import type { NextFunction, Request, Response } from 'express';

/** Middleware: `http_request_duration_seconds` by method, route (the pattern, never the URL) and status. */
export function measureRequests(metrics: Metrics): (request: Request, response: Response, next: NextFunction) => void {
  const durations = metrics.histogram('http_request_duration_seconds', 'Time to answer an HTTP request', [
    'method',
    'route',
    'status',
  ]);
  return (request, response, next) => {
    const startedAt = performance.now();
    response.once('finish', () => {
      const route: unknown = (request.route as { path?: unknown } | undefined)?.path; // Express types it as any
      durations.observe(
        {
          method: request.method,
          route: typeof route === 'string' ? route : 'none',
          status: String(response.statusCode),
        },
        (performance.now() - startedAt) / 1000,
      );
    });
    next();
  };
}
