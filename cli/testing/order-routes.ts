import { type Answer, type Call, ok, problem, type ServiceState } from './contract.js';

/** As `GET /orders` and `GET /orders/{id}` have them: newest first, by keyset pages. */
export function answerOrders({ path, query }: Call, { orders }: ServiceState): Answer {
  const [, , id = ''] = path.split('/');
  if (id !== '') {
    const order = orders.find((one) => one.id === id);
    return order === undefined ? problem(404, 'ORDER_NOT_FOUND', `There is no order ${id}.`) : ok(order);
  }
  const { status, customerId, placedSince = '', placedUntil = '9', limit = '20', cursor = 'g' } = query;
  const found = orders
    .filter(
      (order) => (status ?? order.status) === order.status && (customerId ?? order.customerId) === order.customerId,
    )
    .filter(({ placedAt, id: each }) => placedAt >= placedSince && placedAt < placedUntil && each < cursor)
    .toSorted((a, b) => (a.id < b.id ? 1 : -1));
  const items = found.slice(0, Number(limit));
  return ok({ items, nextCursor: found.length > items.length ? items.at(-1)?.id : null });
}

export function answerMessages({ query }: Call, { sent }: ServiceState): Answer {
  return ok(sent.filter(({ id }) => listed(query['ids']).includes(id)));
}

export function answerInbox({ query }: Call, { taken }: ServiceState): Answer {
  return ok(taken.filter(({ messageId }) => listed(query['ids']).includes(messageId)));
}

function listed(ids: string | undefined): readonly string[] {
  return (ids ?? '').split(',');
}
