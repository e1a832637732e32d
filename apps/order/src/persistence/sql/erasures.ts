import type { Statement } from '@waybill/database';

/** The oldest orders of customer $1, at most $2, and how many there are. */
export const ORDERS_OF_CUSTOMER: Statement = {
  name: 'erasure_orders_of_customer',
  text: `
    SELECT id, (SELECT count(*)::int FROM order_view WHERE customer_id = $1) AS orders
    FROM order_view WHERE customer_id = $1 ORDER BY id LIMIT $2`,
};

/** Orders of customer $1 whose fulfilment hasn't ended, at most $2. */
export const OPEN_ORDERS_OF_CUSTOMER: Statement = {
  name: 'erasure_open_orders_of_customer',
  text: `
    SELECT o.id FROM order_view o CROSS JOIN LATERAL (
      SELECT 1 FROM saga_instance s WHERE s.id = o.id::text AND s.status NOT IN ('COMPLETED', 'COMPENSATED') LIMIT 1) open
    WHERE o.customer_id = $1
    ORDER BY o.id LIMIT $2`,
};

export const INSERT_ERASURE: Statement = {
  name: 'erasure_insert',
  text: 'INSERT INTO erasure (id, who, why, order_ids) VALUES ($1, $2, $3, $4::uuid[])',
};

/** Orders $2 under erasure $1, each with the ids of its messages ($3, as JSON). One that was erased before begins again: a service may have been restored. */
export const INSERT_ERASED_ORDERS: Statement = {
  name: 'erasure_insert_orders',
  text: `
    INSERT INTO erased_order (order_id, erasure_id, payloads)
    SELECT o.id, $1, ARRAY(SELECT json_array_elements_text(o.messages)::uuid)
    FROM unnest($2::uuid[], $3::json[]) AS o (id, messages) ORDER BY o.id
    ON CONFLICT (order_id) DO UPDATE
      SET erasure_id = excluded.erasure_id, payment_erased = false, shipping_erased = false, payloads = excluded.payloads`,
};

export const CONFIRM_PAYMENT: Statement = {
  name: 'erasure_confirm_payment',
  text: 'UPDATE erased_order SET payment_erased = true WHERE order_id = ANY ($1::uuid[])',
};

export const CONFIRM_SHIPPING: Statement = {
  name: 'erasure_confirm_shipping',
  text: 'UPDATE erased_order SET shipping_erased = true WHERE order_id = ANY ($1::uuid[])',
};

/** At most $1 orders whose payloads may still lie in the store. */
export const NEXT_PAYLOADS: Statement = {
  name: 'erasure_next_payloads',
  text: `SELECT order_id, payloads FROM erased_order WHERE payloads <> '{}' ORDER BY order_id LIMIT $1`,
};

export const PAYLOADS_REMOVED: Statement = {
  name: 'erasure_payloads_removed',
  text: `UPDATE erased_order SET payloads = '{}' WHERE order_id = ANY ($1::uuid[])`,
};

/** What each of the erasures that `chosen` selects waits for. An order that was erased again is pending for each of its erasures. */
const withPending = (chosen: string): Statement => ({
  name: '', // planned for its values
  text: `
    SELECT e.id, e.requested_at, e.who, e.why, cardinality(e.order_ids) AS orders,
      count(*) FILTER (WHERE NOT o.payment_erased)::int AS payment,
      count(*) FILTER (WHERE NOT o.shipping_erased)::int AS shipping,
      count(*) FILTER (WHERE o.payloads <> '{}')::int AS payloads
    FROM (${chosen}) e
    LEFT JOIN erased_order o ON o.order_id = ANY (e.order_ids)
    GROUP BY e.id, e.requested_at, e.who, e.why, e.order_ids ORDER BY e.id DESC`,
});

/** Newest first, before the one with id $1, at most $2. */
export const LIST_ERASURES = withPending(
  'SELECT * FROM erasure WHERE $1::uuid IS NULL OR id < $1 ORDER BY id DESC LIMIT $2',
);

/** The same of those that are the last of an order which somebody has yet to confirm. */
export const LIST_PENDING_ERASURES = withPending(`
  SELECT * FROM erasure
  WHERE ($1::uuid IS NULL OR id < $1)
    AND id IN (SELECT erasure_id FROM erased_order WHERE NOT payment_erased OR NOT shipping_erased OR payloads <> '{}')
  ORDER BY id DESC LIMIT $2`);

/** Orders that were erased, after the one with id $1, at most $2. */
export const LIST_ERASED_ORDERS: Statement = {
  name: '', // planned for its values
  text: `
    SELECT order_id, erasure_id, payment_erased, shipping_erased, payloads <> '{}' AS has_payloads
    FROM erased_order WHERE $1::uuid IS NULL OR order_id > $1 ORDER BY order_id LIMIT $2`,
};
