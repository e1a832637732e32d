import { SERVICE_NAMES } from '@waybill/contracts';

import { readOpenApi } from './api-documents.js';

/** What operators' operations put on record; the specs of the controllers see that they do. */
const ACTS: Readonly<Record<string, string>> = {
  '/admin/catalogue/publish': 'catalogue.publish',
  '/admin/dead-letters/discard': 'dead-letters.discard',
  '/admin/dead-letters/replay': 'dead-letters.replay',
  '/admin/dead-letters/{id}/edit': 'dead-letters.edit',
  '/admin/dead-letters/{id}/reveal': 'dead-letters.reveal',
  '/admin/erasures': 'erasures.erase',
  '/admin/erasures/orders': 'erasures.erase',
  '/admin/lanes/{id}/settle': 'lanes.settle',
  '/admin/orphans/{orderId}/recover': 'orders.recover',
  '/admin/outbox/messages/{id}/reveal': 'outbox.reveal',
  '/admin/outbox/refused/{id}/discard': 'outbox.discard',
  '/admin/outbox/refused/{id}/retry': 'outbox.retry',
  '/admin/projections/{name}/cancel': 'projections.cancel',
  '/admin/projections/{name}/rebuild': 'projections.rebuild',
  '/admin/sagas/{orderId}/cancel': 'sagas.cancel',
  '/admin/sagas/{orderId}/force': 'sagas.force',
  '/admin/sagas/{orderId}/retry': 'sagas.retry',
  '/admin/sagas/{orderId}/skip': 'sagas.skip',
  '/stock/{sku}/restock': 'stock.restock',
};
const CHANGES_NOTHING = '/admin/dead-letters/preview';
const CUSTOMERS = new Set(['/orders', '/orders/{id}/cancel']);

const documents = SERVICE_NAMES.map(readOpenApi);

it('every operation that changes something is an act of the audit, but those of customers', () => {
  const changing = documents.flatMap(({ paths }) =>
    Object.entries(paths).flatMap(([path, operations]) =>
      Object.keys(operations).some((method) => ['post', 'put', 'patch', 'delete'].includes(method)) ? [path] : [],
    ),
  );
  const operators = new Set(changing.filter((path) => path !== CHANGES_NOTHING && !CUSTOMERS.has(path)));
  expect([...operators].toSorted()).toEqual(Object.keys(ACTS).toSorted());
});

it('every act that the audit knows has its operation', () => {
  const schemas = documents.map(({ components }) => components.schemas['OperatorActResponse']);
  for (const schema of schemas) {
    expect(schema).toMatchObject({ properties: { act: { enum: [...new Set(Object.values(ACTS))].toSorted() } } });
  }
});
