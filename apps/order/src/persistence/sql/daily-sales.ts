import type { Statement } from '@waybill/database';

/** Adds what was sold: one element of the arrays a line of an order. In one order of rows for all. */
export const ADD_SALES: Statement = {
  name: 'daily_sales_add',
  text: `
    INSERT INTO daily_sales AS s (day, sku, currency, orders, units, amount)
    SELECT day, sku, currency, count(*), sum(units), sum(amount)
    FROM unnest($1::date[], $2::text[], $3::text[], $4::bigint[], $5::bigint[]) AS line (day, sku, currency, units, amount)
    GROUP BY day, sku, currency ORDER BY day, sku, currency
    ON CONFLICT (day, sku, currency) DO UPDATE
    SET orders = s.orders + excluded.orders, units = s.units + excluded.units, amount = s.amount + excluded.amount`,
};

const COLUMNS = "to_char(day, 'YYYY-MM-DD') AS day, sku, currency, orders, units, amount FROM daily_sales";

/** At most $5 rows of days up to $1, after ($2, $3, $4). */
export const LIST_SALES: Statement = {
  name: 'daily_sales_list',
  text: `
    SELECT ${COLUMNS}
    WHERE day <= $1::date AND (day, sku, currency) > ($2::date, $3, $4)
    ORDER BY daily_sales.day, sku, currency LIMIT $5::int`,
};

/** At most $5 rows of product $3 of days up to $1, after ($2, $4). */
export const LIST_SALES_OF_PRODUCT: Statement = {
  name: 'daily_sales_list_of_product',
  text: `
    SELECT ${COLUMNS}
    WHERE sku = $3 AND day <= $1::date AND (day, currency) > ($2::date, $4)
    ORDER BY daily_sales.day, currency LIMIT $5::int`,
};
