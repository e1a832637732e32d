import type { NextFunction, Request, Response } from 'express';

/** What every answer says to browsers: this is data, for this site's own pages alone, and nobody keeps it. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
};

/** The page at `/docs` runs its own scripts and styles; Swagger UI writes some styles into the page. */
const PAGE_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'";

const HEADERS = Object.entries(SECURITY_HEADERS);

/** Middleware. An answer that may be kept, or a page that needs more, says so itself. */
export function secureHeaders(_request: Request, response: Response, next: NextFunction): void {
  for (const [name, value] of HEADERS) response.setHeader(name, value);
  next();
}

/** Middleware of the page that describes the API. */
export function allowOwnScripts(_request: Request, response: Response, next: NextFunction): void {
  response.setHeader('Content-Security-Policy', PAGE_POLICY);
  next();
}
