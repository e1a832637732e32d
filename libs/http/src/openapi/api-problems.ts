import { applyDecorators } from '@nestjs/common';
import { ApiExtraModels, ApiResponse, getSchemaPath } from '@nestjs/swagger';

import { ProblemResponse } from './problem.response.js';

/** Documents the problems that an operation answers with: `@ApiProblems({ 404: 'Unknown order', 409: 'Already ended' })`. */
export function ApiProblems(problems: Readonly<Record<number, string>>): MethodDecorator & ClassDecorator {
  const content = { 'application/problem+json': { schema: { $ref: getSchemaPath(ProblemResponse) } } };
  return applyDecorators(
    ApiExtraModels(ProblemResponse),
    ...Object.entries(problems).map(([status, description]) =>
      ApiResponse({ status: Number(status), description, content }),
    ),
  );
}
