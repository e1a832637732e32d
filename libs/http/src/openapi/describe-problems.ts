import { STATUS_CODES } from 'node:http';

import type { OpenAPIObject } from '@nestjs/swagger';

import {
  ANY_REQUEST,
  CHANGING,
  mergeProblems,
  OPERATORS,
  WITH_BODY,
  WITH_CURSOR,
  WITH_PARAMETERS,
} from './problem-codes.js';
import type { ProblemCodes } from './problem-codes.js';

type PathItem = OpenAPIObject['paths'][string];
export type Operation = NonNullable<PathItem['get']>;

export interface OperatorsApi {
  /** Paths that are the operators', with everything below them, as Express writes them. */
  readonly paths: readonly string[];
  /** Problems that only they meet. */
  readonly problems: ProblemCodes;
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;
const EXTENSION = /^x-problems/;

/**
 * Every operation with the problems that it may be answered with: its own, as decorators tell, and those of all requests like it.
 * @param met learns of each problem that is referred to.
 */
export function describeProblems(
  path: string,
  item: PathItem,
  operators: OperatorsApi,
  met: (problems: ProblemCodes) => void,
): PathItem {
  const described = { ...item };
  for (const method of METHODS) {
    const operation = item[method];
    if (!operation) continue;
    const own = Object.entries(operation).filter(([name]) => EXTENSION.test(name));
    const rest = Object.fromEntries(Object.entries(operation).filter(([name]) => !EXTENSION.test(name))) as Operation; // less its extensions
    const problems = mergeProblems([
      ...own.map(([, codes]) => codes as ProblemCodes), // as decorators have written them
      ...shared(path, method, rest, operators),
    ]);
    met(problems);
    described[method] = { ...rest, responses: { ...rest.responses, ...responsesFor(problems) } };
  }
  return described;
}

function shared(path: string, method: string, operation: Operation, operators: OperatorsApi): readonly ProblemCodes[] {
  const parameters = (operation.parameters ?? []).flatMap((each) => ('name' in each ? [each] : []));
  const isOperators = operators.paths.some((each) => startsWith(path, each));
  return [
    ...(isOperators ? [OPERATORS, operators.problems] : []),
    ...(parameters.some((each) => each.in !== 'header') ? [WITH_PARAMETERS] : []),
    ...(parameters.some((each) => each.name === 'cursor') ? [WITH_CURSOR] : []),
    ...(operation.requestBody ? [WITH_BODY] : []),
    ...(method === 'get' ? [] : [CHANGING]),
    ANY_REQUEST,
  ];
}

/** Whether a path of OpenAPI (`/stock/{sku}/restock`) is below one of Express (`/stock/:sku`). */
function startsWith(path: string, start: string): boolean {
  const [parts, starts] = [path.split('/'), start.split('/')];
  return starts.every((part, index) => part === parts[index] || (part.startsWith(':') && parts[index] !== undefined));
}

function responsesFor(problems: ProblemCodes): Operation['responses'] {
  return Object.fromEntries(
    Object.entries(problems).map(([status, codes]) => {
      const shared = ANY_REQUEST[Number(status)] ?? {};
      const isShared = Object.keys(codes).every((code) => code in shared);
      return [status, isShared ? { $ref: `#/components/responses/${status}` } : responseFor(Number(status), codes)];
    }),
  );
}

/** What {@link describeProblems} refers to: the answers that any request may get, and an example of each code, by status. */
export function problemComponents(
  all: ProblemCodes,
): Pick<NonNullable<OpenAPIObject['components']>, 'responses' | 'examples'> {
  const responses = Object.entries(ANY_REQUEST).map(([status, codes]) => [status, responseFor(Number(status), codes)]);
  const examples = Object.entries(all).flatMap(([status, codes]) =>
    Object.entries(codes).map(([code, meaning]) => [
      `${status}.${code}`,
      { value: exampleOf(Number(status), code, meaning) },
    ]),
  );
  return { responses: Object.fromEntries(responses), examples: Object.fromEntries(examples) };
}

function responseFor(status: number, codes: Readonly<Record<string, string>>) {
  const names = Object.keys(codes);
  return {
    description: Object.entries(codes)
      .map(([code, meaning]) => `\`${code}\`: ${meaning}.`)
      .join('  \n'),
    content: {
      'application/problem+json': {
        schema: {
          allOf: [{ $ref: '#/components/schemas/ProblemResponse' }],
          properties: { status: { enum: [status] }, code: { enum: names } },
        },
        examples: Object.fromEntries(names.map((code) => [code, { $ref: `#/components/examples/${status}.${code}` }])),
      },
    },
  };
}

function exampleOf(status: number, code: string, meaning: string): object {
  const problem = { type: 'about:blank', title: STATUS_CODES[status], status, code, detail: `${meaning}.` };
  if (code !== 'VALIDATION_FAILED') return problem;
  return { ...problem, errors: [{ pointer: '/limit', code: 'OUT_OF_RANGE', message: 'must be from 1 to 100' }] };
}
