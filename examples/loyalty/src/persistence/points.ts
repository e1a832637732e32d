import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@waybill/database';
import type { Transaction } from '@waybill/database';

export const MINOR_UNITS_PER_POINT = Symbol('loyalty:minor-units-per-point');

const INSERT = { name: 'loyalty_insert_points', text: 'INSERT INTO points (order_id, points) VALUES ($1, $2)' };
const SELECT = { name: 'loyalty_select_points', text: 'SELECT points::int FROM points WHERE order_id = $1' };

@Injectable()
export class Points {
  constructor(
    private readonly database: Database,
    @Inject(MINOR_UNITS_PER_POINT) private readonly minorUnitsPerPoint: number,
  ) {}

  async credit(tx: Transaction, orderId: string, amount: number): Promise<number> {
    const points = Math.floor(amount / this.minorUnitsPerPoint);
    await tx.query(INSERT, [orderId, points]);
    return points;
  }

  async of(orderId: string): Promise<number> {
    const [row] = await this.database.query<{ points: number }>(SELECT, [orderId]);
    return row?.points ?? 0;
  }
}
