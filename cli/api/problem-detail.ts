import { anything, list, object, optional, text } from './decode.js';

const readProblem = object({
  code: optional(text),
  detail: optional(text),
  title: optional(text),
  errors: optional(list(object({ pointer: optional(text), message: optional(text), code: optional(anything) }))),
});

/** What an answer of status 400 or more says, in one text with each fault on a line of its own. */
export function problemDetail(status: number, body: unknown): { readonly code: string; readonly detail: string } {
  const { code = '', detail, title, errors = [] } = problemIn(body) ?? {};
  const faults = errors.map(
    ({ pointer = '', message = '' }) => `\n  ${pointer === '' ? '(whole)' : pointer}: ${message}`,
  );
  return { code, detail: `${detail ?? title ?? `answered ${status}`}${faults.join('')}${adviceFor(status)}` };
}

function problemIn(body: unknown): ReturnType<typeof readProblem> | undefined {
  try {
    return readProblem(body, '');
  } catch {
    return undefined;
  }
}

function adviceFor(status: number): string {
  if (status === 401 || status === 403) return ' Give the token by WAYBILL_ADMIN_TOKEN or --token.';
  return status === 429 ? ' Try again later, or slower (--rate).' : '';
}
