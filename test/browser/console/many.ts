import type { Page } from 'playwright-core';

import { queryService } from '../../system/service-database.js';
import { until } from '../../system/until.js';
import { overflow } from '../console-page.js';
import type { TestedConsole } from './tested-console.js';

const MANY = 20_000;
const ORDERS = `
  INSERT INTO order_view (id, status, customer_id, items, total_amount, total_currency, placed_at, updated_at)
  SELECT ('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'FULFILLED', 'many', '[]', 100, 'EUR', now(), now()
  FROM generate_series(1, ${MANY}) n`;
const LETTERS = `
  INSERT INTO held_message (consumer_group, source, message_id, type, handler, topic, partition, position, timestamp_ms, key, headers,
    value, state, attempts, reason, first_error, last_error, fingerprint, service_version)
  SELECT 'shipping', '/order', 'm' || n, 'shipping.create-shipment.v1', 'H.many', 'shipping.commands', 0, n::text, 0,
    convert_to('k' || lpad(n::text, 5, '0'), 'UTF8'), '[]', '{}', 'dead', 1, 'RETRIES_EXHAUSTED', 'e', 'Error: one of many', 'Many ' || n % 400, '1'
  FROM generate_series(1, ${MANY}) n`;
const PARKED = `
  INSERT INTO parked_key (consumer_group, topic, key) SELECT consumer_group, topic, key FROM held_message WHERE consumer_group = 'shipping'
  ON CONFLICT DO NOTHING`;

const elements = (page: Page): Promise<number> => page.evaluate('document.querySelectorAll("*").length');

export function manyTests({ system, open }: TestedConsole): void {
  it(`shows ${MANY} of anything page by page, with no more of them in the page than a person can look at`, async () => {
    await queryService(system(), 'order', ORDERS);
    for (const statement of [LETTERS, PARKED, 'ANALYZE held_message, parked_key'])
      await queryService(system(), 'shipping', statement);
    for (const [path, sign, next, named] of [
      ['/console/orders?q=many', / many /, 'Older', 1],
      ['/console/dead-letters', /Many \d+/, undefined, 0],
      ['/console/dead-letters?service=shipping', /one of many/, 'Older', 0],
      ['/console/flow/parked/shipping', /k\d+ /, 'Parked later', 0],
      ['/console/flow', /k\d+ /, undefined, 0],
    ] as const) {
      const page = await open(path, '4k');
      const rows = page.getByRole('row', { name: sign });
      await rows.first().waitFor();
      if (next !== undefined) {
        const first = (await rows.first().getByRole('cell').nth(named).textContent()) ?? '';
        await page.getByRole('link', { name: next }).click();
        await until(async () => (await rows.filter({ hasText: first }).count()) === 0 && (await rows.count()) > 0, {
          what: 'the next page',
        });
        await page.goBack();
        await rows.filter({ hasText: first }).first().waitFor();
      }
      const found = await elements(page);
      expect([path, found < 6_000 ? 'few' : found, await overflow(page)]).toEqual([path, 'few', 0]);
    }
  }, 180_000);
}
