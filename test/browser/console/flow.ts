import { queryService } from '../../system/service-database.js';
import type { TestedConsole } from './tested-console.js';

/** Rows of a topic that nobody relays. */
const WAITING = `
  INSERT INTO outbox (id, aggregatetype, aggregateid, type, payload, topic, key, key_hash, shard, source, time, correlationid)
  SELECT gen_random_uuid(), 'a', 'k', 'a.b.v1', '\\x7b7d', 'nobody.relays', convert_to('k' || n, 'UTF8'), n, n % 8, '/payment', '', ''
  FROM generate_series(1, 60) n`;

export function flowTests({ system, open }: TestedConsole): void {
  it('shows how fast each topic flows, and what waits for it on both sides', async () => {
    const page = await open('/console/flow');
    const payment = page.getByRole('list', { name: 'Topics of payment' });
    const commands = payment.getByRole('listitem').filter({ hasText: 'payment.commands' });
    await commands.getByText(/^\d+ in the outbox/).waitFor();
    await commands.getByText(/^\d+ behind/).waitFor();
    for (const topic of ['payment.dlq', 'inventory.catalogue', 'order.dlq']) {
      await page.getByText(topic, { exact: true }).waitFor();
    }
    await Promise.all(Array.from({ length: 12 }, () => system().place({ customerId: 'flow' })));
    await commands
      .getByTitle(/^Published by order/)
      .filter({ hasText: /[1-9]/ })
      .waitFor();
    await commands
      .getByTitle(/^Dealt with by payment/)
      .filter({ hasText: /[1-9]/ })
      .waitFor();
  });

  it('leads from each number to what it counts, and back', async () => {
    const page = await open('/console/flow');
    const commands = page.getByRole('listitem').filter({ hasText: 'payment.commands' });
    await commands.getByRole('link', { name: /in the outbox/ }).click();
    await page.waitForURL('**/console/flow/outbox/order/payment.commands');
    await page.getByRole('heading', { name: 'Outbox of order, to payment.commands' }).waitFor();
    await page.goBack();
    await commands.getByRole('link', { name: /behind/ }).click();
    await page.getByRole('heading', { name: 'Lanes of payment.commands at payment' }).waitFor();
    await page.getByRole('row').nth(1).waitFor(); // the heading is there before the answer is
    await page.goBack();
    const payment = page.getByRole('region', { name: 'payment' });
    await payment.getByRole('link', { name: /parked keys/ }).click();
    await page
      .getByRole('row', { name: /letter \d+ dead/ })
      .first()
      .waitFor();
    await page.goBack();
    await payment.getByRole('link', { name: /consumer/ }).click();
    await page.getByRole('heading', { name: /^Health of payment ready/ }).waitFor();
    await page.getByText('None: every record was read, and none has been lost.').waitFor();
    await page.goBack();
    await payment.getByRole('link', { name: /dead letters/ }).click();
    await page.waitForURL('**/console/dead-letters?service=payment');
    await page.getByRole('heading', { name: 'Dead letters' }).waitFor();
  });

  it('lists what waits to be published page by page', async () => {
    await queryService(system(), 'payment', WAITING);
    const page = await open('/console/flow/outbox/payment/nobody.relays');
    await page
      .getByRole('row', { name: /k1 a\.b\.v1/ })
      .first()
      .waitFor();
    expect(await page.getByRole('row').count()).toBe(51);
    await page.getByRole('link', { name: 'Younger' }).click();
    await page.getByRole('row', { name: /k60 a\.b\.v1/ }).waitFor();
    expect(await page.getByRole('row').count()).toBe(11);
    await queryService(system(), 'payment', `DELETE FROM outbox WHERE topic = 'nobody.relays'`);
    await page.getByText('Nothing waits: all that is committed is published.').waitFor();
  });
}
