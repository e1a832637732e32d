import type { ServiceName } from '@waybill/contracts';

import type { AdminClient } from './admin-client.js';
import { askServices, type ServiceFailure } from './ask-services.js';
import { type Page, takePages } from './pages.js';

export interface Latest<T> {
  readonly items: readonly (T & { readonly service: ServiceName })[];
  readonly isMore: boolean;
  readonly failures: readonly ServiceFailure[];
}

/**
 * What these services list newest first, as one list.
 * @param timeOf of an item, ISO 8601
 */
export async function takeLatest<T extends object>(
  clients: readonly AdminClient[],
  limit: number,
  timeOf: (item: T) => string,
  page: (client: AdminClient, limit: number, cursor: string | undefined) => Promise<Page<T>>,
): Promise<Latest<T>> {
  const { answers, failures } = await askServices(clients, (client) =>
    takePages(limit + 1, (size, cursor) => page(client, size, cursor)),
  );
  const found = answers
    .flatMap(({ service, answer }) => answer.map((item) => ({ service, ...item })))
    .sort((a, b) => Date.parse(timeOf(b)) - Date.parse(timeOf(a)));
  return { items: found.slice(0, limit), isMore: found.length > limit, failures };
}
