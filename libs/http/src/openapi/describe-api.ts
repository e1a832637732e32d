import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import type { OpenAPIObject } from '@nestjs/swagger';

import { OPERATORS_PATHS } from '../request/guard-operators.js';
import { describeProblems, problemComponents } from './describe-problems.js';
import { inOrderOfUse } from './in-order-of-use.js';
import { ANY_REQUEST, mergeProblems } from './problem-codes.js';
import type { ProblemCodes } from './problem-codes.js';
import { ProblemResponse } from './problem.response.js';
import { withExamples } from './with-examples.js';

export interface OpenApiOptions {
  readonly title: string;
  readonly version: string;
  readonly description?: string;
  /** What is the operators' beside `/admin` and `/metrics`, as Express writes paths. @default none */
  readonly operatorsPaths?: readonly string[];
  /** Problems that operators alone meet. @default none */
  readonly operatorsProblems?: ProblemCodes;
}

/** What an application answers over HTTP: OpenAPI 3.1, with every problem and examples. Needs no provider, so `preview` is enough. */
export function describeApi(app: INestApplication, options: OpenApiOptions): OpenAPIObject {
  const config = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle(options.title)
    .setVersion(options.version)
    .setDescription(options.description ?? '')
    .addServer('/')
    .addBearerAuth({
      type: 'http',
      scheme: 'bearer',
      bearerFormat: 'opaque',
      description: "Of what is the operators': ADMIN_TOKEN, where that is set",
    })
    .build();
  const document = SwaggerModule.createDocument(app, config, { extraModels: [ProblemResponse] });
  const operators = {
    paths: [...OPERATORS_PATHS, ...(options.operatorsPaths ?? [])],
    problems: options.operatorsProblems ?? {},
  };
  const met: ProblemCodes[] = [];
  const paths = Object.entries(document.paths).map(
    ([path, item]) => [path, describeProblems(path, item, operators, (problems) => met.push(problems))] as const,
  );
  const components = { ...document.components, ...problemComponents(mergeProblems([ANY_REQUEST, ...met])) };
  return withExamples(inOrderOfUse({ ...document, paths: Object.fromEntries(paths), components }));
}
