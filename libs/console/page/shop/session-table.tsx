import { count, duration, money, shortId, words } from '../format.js';
import { sagaOf } from '../live.js';
import { Empty } from '../parts/notice.js';
import { Status } from '../parts/status.js';
import { hrefOf } from '../router.js';
import { customerId, isOpen, placing, sessionOrders } from './session-orders.js';
import type { SessionOrder } from './session-orders.js';

const STEPS = ['process-payment', 'reserve-inventory', 'create-shipment', 'confirm'];
const MOST_SHOWN = 40;

/** The orders of this session, as they move. */
export function SessionTable() {
  const orders = sessionOrders.value;
  const byStatus = new Map<string, number>();
  for (const { order } of orders) byStatus.set(order.status, (byStatus.get(order.status) ?? 0) + 1);
  return (
    <div class="session">
      <h2>This session</h2>
      <p class="hint">
        {placing.value > 0 && 'placing… '}
        {[...byStatus].map(([status, number]) => `${count(number)} ${words(status)}`).join(', ')}{' '}
        {orders.length > 0 && <a href={hrefOf('/orders', { q: customerId.value })}>list all</a>}
      </p>
      {orders.length === 0 && <Empty title="Place an order, and watch it move." />}
      <ul>
        {orders.slice(0, MOST_SHOWN).map((one) => (
          <Line key={one.id} one={one} />
        ))}
      </ul>
      {orders.length > MOST_SHOWN && <p class="hint">and {count(orders.length - MOST_SHOWN)} earlier ones</p>}
    </div>
  );
}

function Line({ one: { id, label, order } }: { readonly one: SessionOrder }) {
  return (
    <li>
      <a href={hrefOf(`/orders/${id}`)} title={id}>
        <code>{shortId(id)}</code>
      </a>
      <span class="label">{label}</span>
      <Track id={id} isFulfilled={order.status === 'FULFILLED'} />
      <Status of={order.status} />
      <span class="hint">
        {isOpen(order) ? money(order.total) : duration(Date.parse(order.updatedAt) - Date.parse(order.placedAt))}
      </span>
    </li>
  );
}

/** How far it is: a mark for each step, hollow once it is being undone. */
function Track({ id, isFulfilled }: { readonly id: string; readonly isFulfilled: boolean }) {
  const saga = sagaOf(id);
  const at = isFulfilled ? STEPS.length : STEPS.indexOf(saga?.step ?? '');
  const isUndone = saga !== undefined && saga.status.startsWith('COMPENSAT');
  return (
    <svg class={`track ${isUndone ? 'undone' : ''}`} width="58" height="12" aria-hidden="true">
      {STEPS.map((step, index) => (
        <circle key={step} cx={7 + index * 14.5} cy="6" r="4" class={index < at ? 'done' : index === at ? 'now' : ''} />
      ))}
    </svg>
  );
}
