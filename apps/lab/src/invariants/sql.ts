/**
 * What is read of the services' tables. Without names, so that each is planned for its own values; each looks its rows up by a key, and
 * has a limit, or as many rows as were asked for.
 */

/** Ids after $1, ascending, at most $2. */
export const LIST_ORDERS = 'SELECT id FROM order_view WHERE id > $1::uuid ORDER BY id LIMIT $2';

/** $1 ids. */
export const ORDERS = `
  SELECT o.id, o.status, o.items, json_build_object('amount', o.total_amount, 'currency', o.total_currency) AS total,
    CASE WHEN s.id IS NOT NULL THEN json_build_object('status', s.status, 'step', s.step, 'steps', s.steps,
      'overdueMs', extract(epoch FROM clock_timestamp() - s.deadline_at) * 1000) END AS saga
  FROM order_view o LEFT JOIN saga_instance s ON s.id = o.id::text AND s.saga = 'fulfil-order'
  WHERE o.id = ANY ($1::uuid[])`;

/** Of $1 ids, those that there are. */
export const KNOWN_ORDERS = 'SELECT id::text FROM order_view WHERE id = ANY ($1::uuid[])';

/** Whether a relay of the service has said lately that it lives, and whether its alert about held deadlines is open. */
export const ORDER_SERVICE = `
  SELECT EXISTS (SELECT FROM outbox_relay WHERE expires_at > clock_timestamp()) AS "isRunning",
    EXISTS (SELECT FROM alert_incident WHERE rule = 'deadline-held' AND ended_at IS NULL) AS "tellsOfHeldDeadlines"`;

/** $1 order ids. */
export const PAYMENTS = `
  SELECT id, order_id AS "orderId", status, json_build_object('amount', amount, 'currency', currency) AS amount,
    refunded_amount::float8 AS "refundedAmount"
  FROM payment WHERE order_id = ANY ($1::text[])`;

/** Of $1 ids, those that there are. */
export const KNOWN_PAYMENTS = 'SELECT id::text FROM payment WHERE id = ANY ($1::uuid[])';

/** Orders after $1, ascending, at most $2. */
export const LIST_PAID_ORDERS = 'SELECT order_id AS id FROM payment WHERE order_id > $1 ORDER BY order_id LIMIT $2';

/** Of $1 orders, those that have a payment. */
export const STILL_PAID = 'SELECT order_id AS id FROM payment WHERE order_id = ANY ($1::text[])';

/** $1 keys. */
export const CHARGES = `
  SELECT c.idempotency_key AS key, c.status, c.amount::float8 AS amount, c.currency,
    coalesce(CASE WHEN r.status = 'refunded' THEN r.amount END, 0)::float8 AS refunded
  FROM charge c LEFT JOIN refund r ON r.charge_key = c.idempotency_key
  WHERE c.idempotency_key = ANY ($1::text[])`;

/** What has been charged, after key $1, ascending, at most $2. */
export const LIST_CHARGES = `
  SELECT idempotency_key AS key, reference FROM charge
  WHERE idempotency_key > $1 AND status = 'charged' ORDER BY idempotency_key LIMIT $2`;

/** Of $1 keys, those that have been charged. */
export const STILL_CHARGED = `
  SELECT idempotency_key AS key, reference FROM charge WHERE idempotency_key = ANY ($1::text[]) AND status = 'charged'`;

/** $1 order ids. */
export const RESERVATIONS = `
  SELECT order_id AS "orderId", status, items FROM reservation WHERE order_id = ANY ($1::text[])`;

/** $1 order ids. */
export const SHIPMENTS = 'SELECT id, order_id AS "orderId", status FROM shipment WHERE order_id = ANY ($1::text[])';

/** Of $1 ids, those that there are. */
export const KNOWN_SHIPMENTS = 'SELECT id::text FROM shipment WHERE id = ANY ($1::uuid[])';

/** $1 keys. */
export const BOOKINGS = 'SELECT idempotency_key AS key, status FROM booking WHERE idempotency_key = ANY ($1::text[])';

/** What will be delivered, after key $1, ascending, at most $2. */
export const LIST_BOOKINGS = `
  SELECT idempotency_key AS key, reference FROM booking
  WHERE idempotency_key > $1 AND status = 'booked' ORDER BY idempotency_key LIMIT $2`;

/** Of $1 keys, those that will be delivered. */
export const STILL_BOOKED = `
  SELECT idempotency_key AS key, reference FROM booking WHERE idempotency_key = ANY ($1::text[]) AND status = 'booked'`;

/** Ids of the answers that $1 orders have got. */
export const ANSWERS = `
  SELECT t.order_id AS "orderId", entry ->> 'messageId' AS id, entry ->> 'service' AS service
  FROM timeline_entry t CROSS JOIN LATERAL json_array_elements(t.entries) AS entry
  WHERE t.order_id = ANY ($1::uuid[]) AND entry ->> 'kind' = 'event' AND entry ->> 'messageId' IS NOT NULL`;

/** $1 ids. */
export const SENT = `
  SELECT id, seq::float8 AS seq, topic, type, source, published_at IS NOT NULL AS published
  FROM outbox WHERE id = ANY ($1::uuid[])`;

/** $1 group, $2 sources, $3 ids: each by its key, in its own partition. */
export const TAKEN = `
  SELECT found.* FROM unnest($2::text[], $3::text[]) AS asked (source, id) CROSS JOIN LATERAL (
    SELECT message_id AS id, outcome, partition, position, (extract(epoch FROM received_at) * 1000)::float8 AS "atMs" FROM inbox
    WHERE inbox.consumer_group = $1 AND inbox.source = asked.source AND inbox.message_id = asked.id
      AND inbox.subscriber = ''
  ) AS found`;

/** In one snapshot: the stock of each SKU, and what its reservations come to. */
export const STOCK = `
  SELECT s.sku, s.on_hand::float8 AS "onHand", s.reserved::float8 AS reserved,
    coalesce(sums.held, 0)::float8 AS held, coalesce(sums.sold, 0)::float8 AS sold
  FROM stock s LEFT JOIN (
    SELECT item ->> 'sku' AS sku, sum((item ->> 'quantity')::bigint) FILTER (WHERE status = 'RESERVED') AS held,
      sum((item ->> 'quantity')::bigint) FILTER (WHERE status = 'COMMITTED') AS sold
    FROM reservation CROSS JOIN LATERAL jsonb_array_elements(items) AS item
    WHERE status IN ('RESERVED', 'COMMITTED') GROUP BY 1
  ) AS sums USING (sku)`;

/** The newest $3 orders that hold units of SKU $1 beyond the first $2. */
export const HELD_BEYOND = `
  SELECT order_id AS "orderId", quantity FROM (
    SELECT order_id, created_at, (item ->> 'quantity')::float8 AS quantity,
      sum((item ->> 'quantity')::bigint) OVER (ORDER BY created_at, order_id) AS total
    FROM reservation CROSS JOIN LATERAL jsonb_array_elements(items) AS item
    WHERE status = 'RESERVED' AND item ->> 'sku' = $1
  ) AS running WHERE total > $2 ORDER BY created_at DESC, order_id LIMIT $3`;
