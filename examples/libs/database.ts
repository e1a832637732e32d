import type { Database, Statement } from '@waybill/database';

// #region use
const reserve: Statement = {
  name: 'stock_reserve',
  text: 'UPDATE stock SET reserved = reserved + $2 WHERE sku = $1',
};

export function placeAndReserve(database: Database, order: object, Order: new () => object): Promise<void> {
  return database.transaction(async (tx) => {
    await tx.manager.getRepository(Order).save(order); // TypeORM and SQL of one's own, in one transaction
    await tx.query(reserve, ['SKU-MUG-BLUE', 2]);
    tx.afterCommit(() => {}); // runs only if it commits
  });
}
// #endregion
