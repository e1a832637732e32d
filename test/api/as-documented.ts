import { SERVICE_NAMES } from '@waybill/contracts';

import { isRef, readOpenApi, referredName } from './api-documents.js';
import type { OpenApi, OpenApiOperation } from './api-documents.js';
import { DocumentSchemas } from './schemas.js';

interface Route {
  readonly document: OpenApi;
  readonly schemas: DocumentSchemas;
  readonly path: RegExp;
  readonly operations: Readonly<Record<string, OpenApiOperation>>;
}

export interface Exchange {
  readonly method: string;
  readonly url: string;
  readonly status: number;
  readonly body: unknown;
}

let routes: readonly Route[] | undefined;

/**
 * Whether docs/api says that this may be answered: the status and, of a problem, its code, and a body of this shape. What no document
 * knows isn't judged: services of tests, paths and methods that don't exist.
 * @throws what the documents don't say
 */
export function assertDocumented({ method, url, status, body }: Exchange): void {
  routes ??= SERVICE_NAMES.flatMap((name) => routesOf(readOpenApi(name)));
  const { pathname } = new URL(url);
  const route = routes.find(({ path }) => path.test(pathname));
  const operation = route?.operations[method.toLowerCase()];
  if (!route || !operation || isOfNoRoute(body)) return;
  const asked = `${method} ${pathname} was answered ${status}`;
  const found = operation.responses[status];
  const response = found && isRef(found) ? route.document.components.responses[referredName(found)] : found;
  if (!response) throw new Error(`${asked}, which docs/api doesn't say: ${JSON.stringify(body)}`);
  for (const media of Object.values(response.content ?? {})) {
    const faults = route.schemas.faults(media.schema, body);
    if (faults !== '')
      throw new Error(`${asked} with another body than docs/api says: ${faults}\n${JSON.stringify(body)}`);
  }
}

function routesOf(document: OpenApi): readonly Route[] {
  const schemas = new DocumentSchemas(document);
  const paths = Object.keys(document.paths);
  // A name before a parameter: /admin/dead-letters/count before /admin/dead-letters/{id}.
  paths.sort((one, other) => Number(one.includes('{')) - Number(other.includes('{')));
  return paths.map((path) => ({
    document,
    schemas,
    path: new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`),
    operations: document.paths[path] ?? {},
  }));
}

/** The router's own answer, where a test asks for what isn't there. */
function isOfNoRoute(body: unknown): boolean {
  return (
    typeof body === 'object' &&
    body !== null &&
    'code' in body &&
    (body.code === 'NOT_FOUND' || body.code === 'METHOD_NOT_ALLOWED')
  );
}
