import { ApiExtension } from '@nestjs/swagger';

import type { ProblemCodes } from './problem-codes.js';

/**
 * Documents the problems of an operation's own, by status and code: `@ApiProblems({ 404: { ORDER_NOT_FOUND: 'Unknown order' } })`. What any
 * request may be answered with is added by itself. A lib that doesn't know this one writes `@ApiExtension('x-problems', …)`, or an extension
 * whose name begins so.
 */
export function ApiProblems(problems: ProblemCodes): MethodDecorator & ClassDecorator {
  return ApiExtension('x-problems', problems);
}
