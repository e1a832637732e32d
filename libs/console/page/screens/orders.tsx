import { ask as askService, Refusal } from '../api.js';
import { ORDER_STATUSES } from '../bodies.js';
import type { OrderBody, Page } from '../bodies.js';
import { duration, money, shortId, words } from '../format.js';
import { newestOrders } from '../live.js';
import { fieldOf } from '../parts/form.js';
import { Empty, Failed } from '../parts/notice.js';
import { Status } from '../parts/status.js';
import { Time } from '../parts/time.js';
import { ask, hrefOf, query } from '../router.js';
import { useResource } from '../use-resource.js';

const PAGE = 50;
const SINCE = { '5m': '5 minutes', '1h': 'hour', '24h': '24 hours', '7d': '7 days' } as const;
const MINUTES: Readonly<Record<string, number>> = { '5m': 5, '1h': 60, '24h': 1_440, '7d': 10_080 };
const UUID = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/** The orders that the address asks for; one by its id, or by who placed them, in which state, and when. */
async function find(filter: URLSearchParams, signal: AbortSignal): Promise<Page<OrderBody>> {
  const q = filter.get('q') ?? '';
  if (UUID.test(q)) {
    try {
      return { items: [await askService<OrderBody>('order', `/orders/${q.toLowerCase()}`, signal)], nextCursor: null };
    } catch (error) {
      if (error instanceof Refusal && error.status === 404) return { items: [], nextCursor: null };
      throw error;
    }
  }
  const wanted = new URLSearchParams({ limit: String(PAGE) });
  const status = statusIn(filter);
  const cursor = filter.get('cursor');
  const minutes = MINUTES[filter.get('since') ?? ''];
  if (q !== '') wanted.set('customerId', q);
  if (status !== '') wanted.set('status', status);
  if (cursor !== null) wanted.set('cursor', cursor);
  if (minutes !== undefined) wanted.set('placedSince', new Date(Date.now() - minutes * 60_000).toISOString());
  return askService<Page<OrderBody>>('order', `/orders?${wanted}`, signal);
}

/** As the choice has it; an address may have been typed in lower case. */
function statusIn(filter: URLSearchParams): string {
  return (filter.get('status') ?? '').toUpperCase();
}

export function Orders() {
  const filter = query.value;
  const found = useResource(filter.toString(), (signal) => find(filter, signal));
  const isFiltered = ['q', 'status', 'since'].some((name) => filter.has(name));
  const newest = new Map(newestOrders.value?.map((order) => [order.id, order]));
  const orders = found.value?.items.map((order) => newest.get(order.id) ?? order);
  const isFirst = !isFiltered && !filter.has('cursor');
  const first = orders?.[0]?.id ?? '';
  const fresh = isFirst && orders ? (newestOrders.value?.filter(({ id }) => id > first).length ?? 0) : 0;
  return (
    <section>
      <div class="title">
        <h1>Orders</h1>
        <button type="button" class="quiet" onClick={found.refresh} disabled={fresh === 0}>
          {fresh === 0 ? 'newest first' : `show ${fresh}${fresh === 100 ? ' or more' : ''} new`}
        </button>
      </div>
      <Filters />
      {found.refusal && <Failed what="The orders can't be listed." refusal={found.refusal} again={found.refresh} />}
      {orders?.length === 0 && <Nothing isFiltered={isFiltered} />}
      {orders !== undefined && orders.length > 0 && <Table orders={orders} isStale={found.isLoading} />}
      <nav class="pages" aria-label="Pages">
        {filter.has('cursor') && (
          <a href={hrefOf('/orders', { ...Object.fromEntries(filter), cursor: '' })}>← Newest</a>
        )}
        {found.value?.nextCursor != null && (
          <a href={hrefOf('/orders', { ...Object.fromEntries(filter), cursor: found.value.nextCursor })}>Older →</a>
        )}
      </nav>
    </section>
  );
}

function Filters() {
  const filter = query.value;
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    ask({ q: fieldOf(event, 'q'), cursor: '' });
  };
  return (
    <form class="filters" role="search" onSubmit={submit}>
      <label class="grow">
        <span class="unseen">Order or customer</span>
        <input
          type="search"
          name="q"
          placeholder="Order id or customer id"
          spellcheck={false}
          value={filter.get('q') ?? ''}
          key={filter.get('q')}
        />
      </label>
      <label>
        <span class="unseen">Status</span>
        <select
          value={statusIn(filter)}
          onChange={({ currentTarget }) => ask({ status: currentTarget.value, cursor: '' })}
        >
          <option value="">any status</option>
          {ORDER_STATUSES.map((status) => (
            <option value={status}>{words(status)}</option>
          ))}
        </select>
      </label>
      <label>
        <span class="unseen">Placed</span>
        <select
          value={filter.get('since') ?? ''}
          onChange={({ currentTarget }) => ask({ since: currentTarget.value, cursor: '' })}
        >
          <option value="">at any time</option>
          {Object.entries(SINCE).map(([value, text]) => (
            <option value={value}>in the last {text}</option>
          ))}
        </select>
      </label>
      <button type="submit">Search</button>
    </form>
  );
}

function Nothing({ isFiltered }: { readonly isFiltered: boolean }) {
  return isFiltered ? (
    <Empty title="No order fits.">
      <a href={hrefOf('/orders')}>Show all orders</a>
    </Empty>
  ) : (
    <Empty title="Nobody has ordered anything yet." />
  );
}

function Table({ orders, isStale }: { readonly orders: readonly OrderBody[]; readonly isStale: boolean }) {
  return (
    <table class={`rows orders ${isStale ? 'stale' : ''}`}>
      <thead>
        <tr>
          <th>Status</th>
          <th>Order</th>
          <th>Customer</th>
          <th class="wide">Items</th>
          <th class="number">Total</th>
          <th>Placed</th>
          <th class="number wide">Took</th>
        </tr>
      </thead>
      <tbody>
        {orders.map((order) => (
          <tr key={order.id}>
            <td>
              <Status of={order.status} />
              {order.failure && <span class="why"> {words(order.failure.code)}</span>}
            </td>
            <td>
              <a class="whole-row" href={hrefOf(`/orders/${order.id}`)} title={order.id}>
                <code>{shortId(order.id)}</code>
              </a>
            </td>
            <td>{order.customerId}</td>
            <td class="wide items">{itemsOf(order)}</td>
            <td class="number">{money(order.total)}</td>
            <td>
              <Time at={order.placedAt} />
            </td>
            <td class="number wide">{tookOf(order)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function itemsOf({ items }: OrderBody): string {
  const [first, ...others] = items;
  const more = others.length === 0 ? '' : ` and ${others.length} more`;
  return first === undefined ? '' : `${first.quantity} × ${first.sku}${more}`;
}

function tookOf({ status, placedAt, updatedAt }: OrderBody): string {
  if (status === 'PLACED') return '';
  return duration(Date.parse(updatedAt) - Date.parse(placedAt));
}
