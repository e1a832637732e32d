import type { Database, Statement } from '@waybill/database';

import type { Side } from '../step.js';

/** A transaction, or the database for a statement of its own. */
export type Connection = Pick<Database, 'query'>;

export interface OrderRow {
  readonly token: string;
  readonly state: string;
  readonly address: string | null;
}

export interface AccountRow {
  readonly token: string;
  readonly charges: number;
  readonly balance: number;
}

const sql = (name: string, text: string): Statement => ({ name: `lesson_${name}`, text });
const WHOSE = 'run = $1 AND side = $2';

const INSERT_ORDER = sql(
  'insert_order',
  "INSERT INTO lesson_order (run, side, token, state) VALUES ($1, $2, $3, 'PLACED')",
);
const UPDATE_STATE = sql('update_state', `UPDATE lesson_order SET state = $4 WHERE ${WHOSE} AND token = $3`);
const UPDATE_ADDRESS = sql('update_address', `UPDATE lesson_order SET address = $4 WHERE ${WHOSE} AND token = $3`);
const SELECT_ORDERS = sql(
  'select_orders',
  `SELECT token, state, address FROM lesson_order WHERE ${WHOSE} ORDER BY token`,
);
const INSERT_CHARGE = sql(
  'insert_charge',
  'INSERT INTO lesson_charge (run, side, token, amount) VALUES ($1, $2, $3, $4)',
);
const SELECT_ACCOUNTS = sql(
  'select_accounts',
  `SELECT token, (count(*) FILTER (WHERE amount > 0))::int AS charges, sum(amount)::int AS balance
   FROM lesson_charge WHERE ${WHOSE} GROUP BY token ORDER BY token`,
);
const INSERT_RESERVATION = sql(
  'insert_reservation',
  'INSERT INTO lesson_reservation (run, side, token) VALUES ($1, $2, $3)',
);
const DELETE_RESERVATION = sql('delete_reservation', `DELETE FROM lesson_reservation WHERE ${WHOSE} AND token = $3`);
const SELECT_RESERVATIONS = sql(
  'select_reservations',
  `SELECT token FROM lesson_reservation WHERE ${WHOSE} ORDER BY token`,
);
const INSERT_PARCEL = sql(
  'insert_parcel',
  'INSERT INTO lesson_parcel (run, side, token, grams) VALUES ($1, $2, $3, $4)',
);
const SELECT_PARCELS = sql('select_parcels', `SELECT token FROM lesson_parcel WHERE ${WHOSE} ORDER BY seq`);

/** What the services of one side of a run write and count. Both sides write alike; they differ in when, and together with what. */
export class Books {
  constructor(
    private readonly run: string,
    private readonly side: Side,
  ) {}

  async place(on: Connection, token: string): Promise<void> {
    await on.query(INSERT_ORDER, [this.run, this.side, token]);
  }

  async settle(on: Connection, token: string, state: string): Promise<void> {
    await on.query(UPDATE_STATE, [this.run, this.side, token, state]);
  }

  async readdress(on: Connection, token: string, address: string): Promise<void> {
    await on.query(UPDATE_ADDRESS, [this.run, this.side, token, address]);
  }

  /** An entry in the customer's account; a refund is negative. */
  async charge(on: Connection, token: string, amount: number): Promise<void> {
    await on.query(INSERT_CHARGE, [this.run, this.side, token, amount]);
  }

  async reserve(on: Connection, token: string): Promise<void> {
    await on.query(INSERT_RESERVATION, [this.run, this.side, token]);
  }

  async release(on: Connection, token: string): Promise<void> {
    await on.query(DELETE_RESERVATION, [this.run, this.side, token]);
  }

  /** `grams` comes from a message, so it may be anything; the column takes numbers alone. */
  async ship(on: Connection, token: string, grams: unknown = 500): Promise<void> {
    await on.query(INSERT_PARCEL, [this.run, this.side, token, grams]);
  }

  orders(on: Connection): Promise<readonly OrderRow[]> {
    return on.query<OrderRow>(SELECT_ORDERS, [this.run, this.side]);
  }

  accounts(on: Connection): Promise<readonly AccountRow[]> {
    return on.query<AccountRow>(SELECT_ACCOUNTS, [this.run, this.side]);
  }

  async reservations(on: Connection): Promise<readonly string[]> {
    const rows = await on.query<{ token: string }>(SELECT_RESERVATIONS, [this.run, this.side]);
    return rows.map(({ token }) => token);
  }

  /** In the order in which they were written. */
  async parcels(on: Connection): Promise<readonly string[]> {
    const rows = await on.query<{ token: string }>(SELECT_PARCELS, [this.run, this.side]);
    return rows.map(({ token }) => token);
  }
}

/** Forgets what earlier runs have written. */
export async function emptyBooks(on: Connection): Promise<void> {
  const tables = 'lesson_order, lesson_charge, lesson_reservation, lesson_parcel';
  await on.query(sql('empty_books', `TRUNCATE ${tables}`));
}
