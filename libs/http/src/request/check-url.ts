import type { NextFunction, Request, Response } from 'express';

import { ProblemError } from '../problem/problem.errors.js';
import { PROBLEM_CONTENT_TYPE } from '../problem/problem.js';
import { textFault } from './text-faults.js';

/**
 * Middleware: refuses a URL that doesn't decode (`/%`, `/%FF`) or hides a NUL, wherever in it that is, before a router
 * or a query parser makes something else of it. A person who has opened it in a browser is told so in a page.
 */
export function checkUrl(request: Request, response: Response, next: NextFunction): void {
  const fault = request.url.includes('%') ? urlFault(request.url) : undefined;
  if (fault === undefined || request.accepts([PROBLEM_CONTENT_TYPE, 'text/html']) !== 'text/html') next(fault);
  else response.status(fault.problem.status).vary('Accept').type('text/html').send(pageOf(fault));
}

/** Of texts of ours alone. */
function pageOf({ problem: { status, title, detail } }: ProblemError): string {
  return `<!doctype html><html lang="en"><title>${title}</title><h1>${status} ${title}</h1><p>${detail}</p></html>`;
}

function urlFault(url: string): ProblemError | undefined {
  let decoded: string;
  try {
    decoded = decodeURIComponent(url);
  } catch (cause) {
    return new ProblemError(400, 'MALFORMED_URL', 'The URL is not percent-encoded UTF-8.', { cause });
  }
  const fault = textFault(decoded);
  return fault && new ProblemError(400, fault.code, `The URL ${fault.message}.`);
}
